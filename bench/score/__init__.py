"""Numbers from predictions: accuracies, bounds and statistics come out of counts that go in."""
