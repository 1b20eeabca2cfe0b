"""Tables to read and edit: the models of each task, and the prices of models."""
