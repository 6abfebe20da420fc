"""The built-in recogniser: PocketSphinx, with the English model that its package brings."""

from pocketsphinx import Decoder

from cooee.captions.recognise.engines import RATE


class Sphinx:
    """Understands English. About a quarter of a core while somebody talks."""

    def __init__(self) -> None:
        self._decoder = Decoder(samprate=float(RATE), loglevel="FATAL")
        self._open = False

    def begin(self) -> None:
        if self._open:
            self._decoder.end_utt()
        self._decoder.start_utt()
        self._open = True

    def hear(self, pcm: bytes) -> None:
        self._decoder.process_raw(pcm, no_search=False, full_utt=False)

    def so_far(self) -> str:
        return self._words()

    def end(self) -> str:
        self._decoder.end_utt()
        self._open = False
        return self._words()

    def _words(self) -> str:
        found = self._decoder.hyp()
        return str(found.hypstr) if found else ""
