import Tiling

/// How maps are stored.
extension Entry {
    func outputEncoding() -> OutputEncoding? {
        guard let section = Section(self, .output) else { return nil }
        let type = section["type"]?.choice(of: PixelType.allCases)
        let scale = section.value(of: "scale", default: 1) { $0.nonzeroNumber() }
        let offset = section.value(of: "offset", default: 0) { $0.number() }
        let noData = section["nodata"]?.storedNumber(as: type)
        let unit = section["unit"]?.text()
        let compression = section.value(of: "compress", default: .zstd) { entry in
            entry.choice(of: OutputEncoding.Compression.allCases)
        }
        guard let type, let scale, let offset, let noData, let unit, let compression else { return nil }
        return OutputEncoding(
            type: type, scale: scale, offset: offset, noData: noData, unit: unit, compression: compression)
    }

    /// A number that a pixel of a type can hold; NaN where there are fractions.
    private func storedNumber(as type: PixelType?) -> Double? {
        if type == .float32, let word, ["nan", ".nan"].contains(word.lowercased()) { return .nan }
        guard let value = number(), let type else { return nil }
        switch type {
        case .uint16:
            return stored(value, UInt16(exactly: value) != nil, "a whole number from 0 to 65535", type)
        case .int16:
            return stored(value, Int16(exactly: value) != nil, "a whole number from -32768 to 32767", type)
        case .float32:
            let nearest = Double(Float(value))
            let hint = nearest.isFinite ? "such as \(nearest)" : "such as nan"
            return stored(value, nearest == value, "a number of 32 bits, \(hint)", type)
        }
    }

    private func stored(_ value: Double, _ isHeld: Bool, _ wanted: String, _ type: PixelType) -> Double? {
        isHeld ? value : refused("\(type.rawValue) cannot hold \(word ?? "\(value)"): choose \(wanted)")
    }
}
