/** ICE restarts over HTTP (RFC 9725 §4.3): fragments of session descriptions, as text. */

const CREDENTIAL = /^a=ice-(?:ufrag|pwd):.*$/gm;

/** The fragment that tells the other side our new credentials. */
export function fragmentOf(sdp: string): string {
  const line = (pattern: RegExp) => pattern.exec(sdp)?.[0];
  const lines = [
    line(/^a=ice-ufrag:.*$/m),
    line(/^a=ice-pwd:.*$/m),
    line(/^m=.*$/m),
    line(/^a=mid:.*$/m),
  ].filter((found) => found !== undefined);
  return `${lines.map((found) => found.trim()).join("\r\n")}\r\n`;
}

/** The answer `sdp` with the credentials and candidates of `fragment` in place of its own; `undefined` if it has none. */
export function answerWith(sdp: string, fragment: string): string | undefined {
  const ufrag = /^a=ice-ufrag:(.*)$/m.exec(fragment)?.[1]?.trim();
  const pwd = /^a=ice-pwd:(.*)$/m.exec(fragment)?.[1]?.trim();
  if (!ufrag || !pwd) return undefined;
  const renewed = sdp.replace(CREDENTIAL, (line) =>
    line.startsWith("a=ice-ufrag") ? `a=ice-ufrag:${ufrag}` : `a=ice-pwd:${pwd}`,
  );
  const candidates = fragment.match(/^a=candidate:.*$/gm)?.map((line) => line.trim()) ?? [];
  return candidates.length === 0 ? renewed : withCandidates(renewed, candidates);
}

/** Candidates stay where the description had them: in the section that carries the transport. */
function withCandidates(sdp: string, candidates: readonly string[]): string {
  let placed = false;
  const lines = sdp.split(/\r?\n/).flatMap((line) => {
    if (!line.startsWith("a=candidate:")) return [line];
    if (placed) return [];
    placed = true;
    return candidates;
  });
  return lines.join("\r\n");
}
