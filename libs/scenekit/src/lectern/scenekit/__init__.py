"""What scene code may use: NarratedScene, layouts, theme, the layout lint."""
