/** Our own drawings on a grid of 24, lines of 1.8 with round ends. Those in `MIRRORED` turn round in right-to-left pages. */
export const ICONS = {
  home: '<path d="M3.5 11.2 12 4l8.5 7.200V19a1.2 1.2 0 0 1-1.2 1.200h-4.300v-5.700H9v5.700H4.700A1.2 1.2 0 0 1 3.5 19z"/>',
  people:
    '<circle cx="9" cy="8.7" r="3.6"/><path d="M2.8 19.800c.6-3.6 3-5.3 6.2-5.300s5.6 1.7 6.2 5.300M15.8 5.400a3.6 3.6 0 0 1 .2 6.600M17.8 14.900c1.9.7 3 2.3 3.4 4.9"/>',
  person: '<circle cx="12" cy="8" r="4"/><path d="M4.3 20.200c.8-4.2 3.8-6.2 7.7-6.200s6.9 2 7.7 6.2"/>',
  settings:
    '<circle cx="9" cy="7" r="2.6"/><circle cx="15" cy="17" r="2.6"/><path d="M3.5 7h2.900M11.6 7h8.900M3.5 17h8.900M17.6 17h2.9"/>',
  plus: '<path d="M12 5v14M5 12h14"/>',
  close: '<path d="m6 6 12 12M18 6 6 18"/>',
  check: '<path d="m5 12.5 4.5 4.500L19 7.5"/>',
  back: '<path d="M19.5 12h-15M11 5.5 4.5 12l6.5 6.5"/>',
  forward: '<path d="m9 6 6 6-6 6"/>',
  down: '<path d="m6 9 6 6 6-6"/>',
  up: '<path d="m6 15 6-6 6 6"/>',
  more: '<path d="M5.5 12h.01M12 12h.01M18.5 12h.01" stroke-width="2.8"/>',
  link: '<path d="M10 14a4 4 0 0 0 5.7 0l3.1-3.100a4 4 0 0 0-5.7-5.700l-1.3 1.300M14 10a4 4 0 0 0-5.7 0l-3.1 3.100a4 4 0 0 0 5.7 5.700l1.3-1.3"/>',
  bin: '<path d="M4.5 7h15M9.5 7V4.700h5V7M6.5 7l.8 12.200c0 .5.5.8 1 .8h7.400c.5 0 1-.3 1-.8L17.5 7M10.2 11v5M13.8 11v5"/>',
  camera:
    '<path d="M4.5 8h3l1.7-2.700h5.600L16.5 8h3A1.2 1.2 0 0 1 20.7 9.200v9.100a1.2 1.2 0 0 1-1.2 1.200h-15a1.2 1.2 0 0 1-1.2-1.200V9.200A1.2 1.2 0 0 1 4.5 8z"/><circle cx="12" cy="13.5" r="3.3"/>',
  calendar:
    '<rect x="4" y="5.5" width="16" height="14.5" rx="2.8"/><path d="M4 10.300h16M8.3 3.300v4M15.7 3.300v4"/>',
  leave: '<path d="M10 4.500H5.500v15H10M14.5 8l4 4-4 4M18.3 12H9.5"/>',
  share: '<path d="M12 15V4M7.8 8.2 12 4l4.2 4.200M5 13v6.500h14V13"/>',
  chat: '<path d="M4 5.500h16v11H9.500L4.8 20.2 4.7 16.500H4z"/>',
  send: '<path d="M20.5 3.500 3.800 9.700l7 3.500 3.500 7zM20.5 3.500l-9.700 9.7"/>',
  bell: '<path d="M12 3.500a5.8 5.8 0 0 0-5.8 5.800V14l-1.700 3.200h15L17.800 14V9.300A5.8 5.8 0 0 0 12 3.500zM9.900 20.300a2.4 2.4 0 0 0 4.2 0"/>',
  hand: '<path d="M7 12.500V7.200a1.4 1.4 0 0 1 2.8 0V11V5.200a1.4 1.4 0 0 1 2.8 0V11V6.200a1.4 1.4 0 0 1 2.8 0v5.6-2.600a1.4 1.4 0 0 1 2.8 0v5.300c0 4-2.5 6-5.6 6-2.6 0-4-1.1-5.2-3.200l-2.6-4.500c-.9-1.6 1.2-2.9 2.3-1.500z"/>',
  heart: '<path d="M12 20S4 15.2 4 9.500A4.4 4.4 0 0 1 12 7a4.4 4.4 0 0 1 8 2.500C20 15.2 12 20 12 20z"/>',
  bookmark: '<path d="M6.5 4.500h11V20L12 16l-5.500 4z"/>',
  mic: '<rect x="9" y="3" width="6" height="11.5" rx="3"/><path d="M5 11.500a7 7 0 0 0 14 0M12 18.500V21"/>',
  mic_off:
    '<path d="M9 9v2.500a3 3 0 0 0 5 2.200M15 11V6a3 3 0 0 0-5.7-1.300M5 11.500a7 7 0 0 0 11 5.700M19 11.500a7 7 0 0 1-.5 2.600M12 18.500V21M4 4l16 16"/>',
  lock: '<rect x="5" y="10.5" width="14" height="9.5" rx="2.5"/><path d="M8 10.500V8a4 4 0 0 1 8 0v2.5"/>',
  keyboard:
    '<rect x="2.8" y="6" width="18.4" height="12" rx="2.6"/><path d="M6.5 10h.01M10.2 10h.01M13.8 10h.01M17.5 10h.01M8.5 14h7"/>',
  offline:
    '<path d="M4 4l16 16M2.8 9.600A14 14 0 0 1 7 7M10.5 6a14 14 0 0 1 10.7 3.600M6 13.200a9 9 0 0 1 3.6-2M14 11.400a9 9 0 0 1 4 1.800M9.3 16.600a4.2 4.2 0 0 1 5.4 0M12 19.600h.01"/>',
  speaker:
    '<path d="M4 9.500v5h3.500L12 18.500v-13L7.5 9.500zM15.5 9a4.3 4.3 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11"/>',
  cross_circle: '<circle cx="12" cy="12" r="8.5"/><path d="m9.2 9.2 5.6 5.600M14.8 9.200l-5.6 5.6"/>',
} as const;

export type IconName = keyof typeof ICONS;

export const MIRRORED: ReadonlySet<IconName> = new Set<IconName>([
  "back",
  "forward",
  "leave",
  "speaker",
  "chat",
  "send",
]);
