"""What the supervisors' figures count, and how they are drawn."""
