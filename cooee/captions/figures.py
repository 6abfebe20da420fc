"""How captions do, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class CaptionFigures:
    """Counts phrases, and measures how soon they are read and what they cost."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.delay = Histogram(
            "cooee_caption_delay_seconds",
            "From the last sound of a phrase to its final text on the feed",
            buckets=(0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20),
            registry=registry,
        )
        self.real_time_factor = Histogram(
            "cooee_caption_real_time_factor",
            "CPU seconds that a phrase took to recognise, for each second of it",
            buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2),
            registry=registry,
        )
        self.sound = Counter("cooee_caption_sound_seconds", "Seconds of speech that were recognised", registry=registry)
        self.work = Counter("cooee_caption_cpu_seconds", "CPU seconds that it took", registry=registry)
        self.lost = Counter(
            "cooee_caption_phrases_lost", "Phrases dropped because recognisers were behind or died", registry=registry
        )
        self.restarts = Gauge("cooee_caption_worker_restarts", "Recognisers that were started again", registry=registry)
