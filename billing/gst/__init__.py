"""What the GST law asks of a sale, as values: who, where, at which rate, in which document."""
