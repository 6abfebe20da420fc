import { describe, expect, it } from "vitest";
import { CLOSEST, centred, middle, moved, zoomed, zoomOf } from "./crop";

const corner = ({ left, top, side }: ReturnType<typeof middle>) => [left, top, side];

describe("the square that is kept of a picture", () => {
  it("begins as the largest one in the middle", () => {
    expect(corner(middle(400, 300))).toEqual([50, 0, 300]);
    expect(corner(middle(300, 401))).toEqual([0, 50.5, 300]);
  });

  it("follows the picture that is pushed, and stops at its edges", () => {
    const crop = middle(400, 300);
    expect(corner(moved(crop, 20, 0))).toEqual([30, 0, 300]);
    expect(corner(moved(crop, 500, 500))).toEqual([0, 0, 300]);
    expect(corner(moved(crop, -500, -500))).toEqual([100, 0, 300]);
  });

  it("goes closer around the point that is pointed at", () => {
    const crop = zoomed(middle(400, 400), 2, 0.25, 0.75);
    expect(corner(crop)).toEqual([50, 150, 200]);
    // The point was at 100, 300, and is there still.
    expect([crop.left + 0.25 * crop.side, crop.top + 0.75 * crop.side]).toEqual([100, 300]);
  });

  it("goes no closer than allowed, and no further than the whole", () => {
    const crop = middle(400, 300);
    expect(zoomOf(zoomed(crop, 100))).toBe(CLOSEST);
    expect(zoomOf(zoomed(zoomed(crop, 3), 0.1))).toBe(1);
    expect(corner(zoomed(moved(zoomed(crop, 4), -1000, -1000), 1))).toEqual([100, 0, 300]);
  });

  it("puts what was tapped into the middle", () => {
    const crop = zoomed(middle(400, 400), 2);
    expect(corner(centred(crop, 0.75, 0.25))).toEqual([150, 50, 200]);
  });
});
