/// Red, green and blue, 0...255.
struct Colour: Equatable {
    let red: UInt8
    let green: UInt8
    let blue: UInt8

    static let black = Colour(red: 40, green: 40, blue: 40)
    static let white = Colour(red: 255, green: 255, blue: 255)
}

/// Brown (dry) over near-white to blue (wet). The two ends differ in hue and the middle in lightness, so that
/// the ramp can be read with any common colour-vision deficiency.
enum ColourRamp {
    private static let stops: [(Double, Double, Double)] = [
        (84, 48, 5), (140, 81, 10), (191, 129, 45), (223, 194, 125), (245, 238, 217), (198, 219, 239),
        (107, 174, 214),
        (49, 130, 189), (8, 81, 156), (8, 48, 107),
    ]

    /// 0 is the dry end, 1 the wet one; values beyond take the colour of the end.
    static func colour(at position: Double) -> Colour {
        let place = min(max(position, 0), 1) * Double(stops.count - 1)
        let lower = min(Int(place), stops.count - 2)
        let share = place - Double(lower)
        let (a, b) = (stops[lower], stops[lower + 1])
        func mix(_ from: Double, _ to: Double) -> UInt8 { UInt8((from + (to - from) * share).rounded()) }
        return Colour(red: mix(a.0, b.0), green: mix(a.1, b.1), blue: mix(a.2, b.2))
    }
}
