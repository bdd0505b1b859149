"""Language, colours and text size: chosen by anyone, kept in cookies, working without JavaScript."""
