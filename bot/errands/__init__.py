"""What errands do: calls of the institute's services, reminders, linking channels, erasure."""
