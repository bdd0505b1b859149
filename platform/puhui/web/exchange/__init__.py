"""Points become coins: the rate of the day, what it will buy, and one confirmation."""
