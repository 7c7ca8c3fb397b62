import Foundation

/// Smooth random fields over the plane: Perlin's gradient noise, the same on every machine.
struct DemoNoise: Sendable {
    private let seed: UInt64

    init(seed: UInt64, field: String) {
        self.seed = field.utf8.reduce(seed &* 0x9E37_79B9_7F4A_7C15 &+ 1) {
            ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3
        }
    }

    /// One octave with features of size 1: about -0.8…0.8, 0 at whole numbers.
    func octave(_ x: Double, _ y: Double) -> Double {
        let left = x.rounded(.down)
        let top = y.rounded(.down)
        let dx = x - left
        let dy = y - top
        let column = Int64(left)
        let row = Int64(top)
        let u = dx * dx * dx * (dx * (dx * 6 - 15) + 10)
        let v = dy * dy * dy * (dy * (dy * 6 - 15) + 10)
        let a = slope(column, row, dx, dy)
        let b = slope(column + 1, row, dx - 1, dy)
        let c = slope(column, row + 1, dx, dy - 1)
        let d = slope(column + 1, row + 1, dx - 1, dy - 1)
        let north = a + u * (b - a)
        let south = c + u * (d - c)
        return north + v * (south - north)
    }

    /// Octaves of halved size; each is turned, so that the lattice does not show. About -0.6…0.6.
    func fractal(_ x: Double, _ y: Double, octaves: Int, persistence: Double = 0.5) -> Double {
        var (px, py, amplitude, sum, total) = (x, y, 1.0, 0.0, 0.0)
        for _ in 0..<octaves {
            sum += amplitude * octave(px, py)
            total += amplitude
            amplitude *= persistence
            (px, py) = (1.6 * px - 1.2 * py + 17.3, 1.2 * px + 1.6 * py - 9.1)
        }
        return sum / total
    }

    /// Sharp crests with smooth flanks, 0…1: mountain ranges.
    func ridges(_ x: Double, _ y: Double, octaves: Int) -> Double {
        var (px, py, amplitude, sum, total, weight) = (x, y, 1.0, 0.0, 0.0, 1.0)
        for _ in 0..<octaves {
            let crest = 1 - min(1, abs(octave(px, py)) * 1.8)
            let signal = crest * crest * weight
            sum += amplitude * signal
            total += amplitude
            weight = min(1, signal * 1.6)
            amplitude *= 0.5
            (px, py) = (1.6 * px - 1.2 * py + 5.7, 1.2 * px + 1.6 * py + 21.9)
        }
        return sum / total
    }

    /// The dot product of a corner's random gradient with the way from that corner.
    private func slope(_ column: Int64, _ row: Int64, _ dx: Double, _ dy: Double) -> Double {
        var hash = UInt64(bitPattern: column) &* 0x9E37_79B9_7F4A_7C15
        hash ^= UInt64(bitPattern: row) &* 0xC2B2_AE3D_27D4_EB4F ^ seed
        hash = (hash ^ (hash >> 29)) &* 0xBF58_476D_1CE4_E5B9
        hash ^= hash >> 32
        let gradientX = Double(hash & 0xFFFF) / 32_767.5 - 1
        let gradientY = Double((hash >> 16) & 0xFFFF) / 32_767.5 - 1
        return (gradientX * dx + gradientY * dy) * 1.3
    }
}

/// A small seeded generator (SplitMix64), so that a demo world never depends on the system's randomness.
struct DemoRandom {
    private var state: UInt64

    init(seed: UInt64, stream: UInt64) {
        state = seed &* 0xD134_2543_DE82_EF95 &+ stream &* 0x9E37_79B9_7F4A_7C15
    }

    /// Uniform in 0..<1.
    mutating func uniform() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((bits ^ (bits >> 31)) >> 11) * 0x1p-53
    }

    mutating func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * uniform() }

    mutating func index(below count: Int) -> Int { min(count - 1, Int(uniform() * Double(count))) }

    /// Normal with mean 0 and standard deviation 1 (Box and Muller).
    mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * Double.pi * uniform())
    }
}

/// 0 below `low`, 1 above `high`, smooth between.
func smoothStep(_ low: Double, _ high: Double, _ value: Double) -> Double {
    let t = min(1, max(0, (value - low) / (high - low)))
    return t * t * (3 - 2 * t)
}
