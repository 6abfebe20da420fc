/** How much sound a listener's jitter buffer holds back, in ms: two packets of the Space's listener class, and a little. */
export function holdBack(listeners: number): number {
  return packetMs(listeners) * 2 + 20;
}

/** The edge joins frames when a Space grows: 20 ms up to 100 listeners, 40 up to 1,000, 60 above. */
function packetMs(listeners: number): number {
  if (listeners <= 100) return 20;
  return listeners <= 1000 ? 40 : 60;
}
