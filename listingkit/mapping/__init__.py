"""Headers to fields, values to numbers: supplier columns become listings."""
