"""The geocoder: from what people write to a place."""
