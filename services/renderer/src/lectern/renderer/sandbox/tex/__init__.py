"""LaTeX for jobs that may not start a program: a client in the job, and a broker process that runs TeX."""
