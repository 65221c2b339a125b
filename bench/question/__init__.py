"""What is asked: options go in; grid points, their datasets and their prompts come out."""
