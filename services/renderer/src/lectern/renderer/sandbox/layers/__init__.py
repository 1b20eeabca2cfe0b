"""The layers of protection around a job, each usable by itself, and `confinement`, which applies them in order."""
