"""The enterprise credit risk platform: from delivered files to a risk class per enterprise, month and region."""
