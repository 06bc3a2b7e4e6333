"""Results kept between runs, by content."""
