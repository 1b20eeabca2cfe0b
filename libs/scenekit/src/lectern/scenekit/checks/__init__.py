"""The check of a scene: what a viewer would see, judged while the scene is measured."""
