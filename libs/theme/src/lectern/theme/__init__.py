"""The colours of each theme: the one table that scenes and captions are drawn with. Pure data."""
