"""What to read next: papers of the library and beyond it, and questions that the papers leave open."""
