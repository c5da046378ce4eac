"""Content becomes a knowledge that is served: training sets, the cache of fitted models, loading, reloading."""
