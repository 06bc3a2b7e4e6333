"""What files a source declares: modules, paths and includes."""
