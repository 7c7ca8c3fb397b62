/// What the name of an ISMN file says:
/// `NETWORK_NETWORK_STATION_sm_0.050000_0.050000_SENSOR_20070101_20131231.stm`.
struct IsmnFileName: Hashable, Sendable {
    let quantity: Quantity
    let depth: DepthRange
    let sensor: String

    /// Nil for a name that is not one. Names of stations and sensors may hold anything, so the quantity is
    /// found by the two depths that follow it.
    init?(_ name: some StringProtocol) {
        guard name.hasSuffix(".stm") else { return nil }
        let parts = String(name).dropLast(4).split(separator: "_", omittingEmptySubsequences: false).map(
            String.init)
        for place in parts.indices.dropFirst(2).dropLast(3) {
            guard let quantity = Quantity(rawValue: parts[place]), let from = Double(parts[place + 1]),
                let to = Double(parts[place + 2]), parts.count >= place + 4
            else { continue }
            self.quantity = quantity
            depth = DepthRange(from: from, to: to)
            let isDated = parts.count >= place + 6
            sensor = parts[(place + 3)..<(isDated ? parts.count - 2 : parts.count)].joined(separator: "_")
            return
        }
        return nil
    }
}
