"""Pictures drawn for the demo world with Pillow: faces of employees, house fronts of offices. No photographs."""
