"""From a scene to pixels, masks, depth, motion and bands."""
