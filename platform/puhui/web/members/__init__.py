"""Members: the list, invitations by link, QR and sheet, and what each member chooses for themselves."""
