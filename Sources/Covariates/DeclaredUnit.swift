import Tiling

/// A unit that a file declares, as far as we know it: enough to see that another file has another one.
struct DeclaredUnit: Equatable {
    private enum Quantity { case length, temperature, share }

    private let quantity: Quantity
    /// What a value is multiplied by, and what is added then, to have it in m, K or parts of one.
    private let factor: Double
    private let offset: Double

    /// Nil for a text that we do not know.
    init?(_ text: String) {
        let plain = text.lowercased().filter { !"*^".contains($0) }
            .split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        switch plain {
        case "m", "metre", "metres", "meter", "meters", "m of water equivalent": self.init(.length, 1)
        case "cm": self.init(.length, 0.01)
        case "mm", "kg m-2", "kg/m2": self.init(.length, 0.001)
        // Amounts of a day.
        case "mm/day", "mm/d", "mm day-1", "mm d-1": self.init(.length, 0.001)
        case "mm/hr", "mm/h", "mm hr-1", "mm h-1": self.init(.length, 0.024)
        case "kg m-2 s-1", "kg/m2/s", "mm/s", "mm s-1": self.init(.length, 86.4)
        case "m/s", "m s-1": self.init(.length, 86_400)
        case "k", "kelvin": self.init(.temperature, 1)
        case "c", "degc", "deg c", "celsius", "degree_celsius", "degrees_celsius":
            self.init(.temperature, 1, 273.15)
        case "m3 m-3", "m3/m3", "fraction": self.init(.share, 1)
        case "%", "percent": self.init(.share, 0.01)
        default: return nil
        }
    }

    private init(_ quantity: Quantity, _ factor: Double, _ offset: Double = 0) {
        self.quantity = quantity
        self.factor = factor
        self.offset = offset
    }

    /// Whether two spellings certainly mean different things.
    static func differ(_ a: String, _ b: String) -> Bool {
        guard let first = DeclaredUnit(a), let second = DeclaredUnit(b) else { return false }
        return first != second
    }
}
