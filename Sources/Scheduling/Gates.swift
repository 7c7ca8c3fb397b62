import Tiling

/// Which sets of preliminary units others wait for, and who waits.
///
/// Equal sets are one gate. Memberships are stored by unit, so a unit that is done tells its gates at once.
struct Gates: Sendable {
    /// Stands for nothing to wait for.
    static let none = -1

    /// By gate: how many units are in it.
    private(set) var memberCounts: [Int] = []
    /// By preliminary unit: the gates that it is in.
    private(set) var gatesOfUnit: [[Int32]]
    /// By gate: the groups and the tile numbers that stand behind it.
    private(set) var groupsBehind: [[Int]] = []
    private(set) var tilesBehind: [[Int]] = []
    private var known: [[Int]: Int] = [:]

    init(unitCount: Int) { gatesOfUnit = [[Int32]](repeating: [], count: unitCount) }

    var count: Int { memberCounts.count }

    /// The gate of some units, made when there is none yet.
    mutating func gate(of units: [Int]) -> Int {
        let members = Set(units).sorted()
        guard !members.isEmpty else { return Gates.none }
        if let gate = known[members] { return gate }
        let gate = memberCounts.count
        known[members] = gate
        memberCounts.append(members.count)
        for unit in members { gatesOfUnit[unit].append(Int32(gate)) }
        return gate
    }

    /// Notes who waits, when all gates are made.
    mutating func attach(groups: [UnitGraph.Group], tileGates: [Int]) {
        groupsBehind = [[Int]](repeating: [], count: count)
        tilesBehind = groupsBehind
        for (number, group) in groups.enumerated() where group.gate != Gates.none {
            groupsBehind[group.gate].append(number)
        }
        for (tile, gate) in tileGates.enumerated() where gate != Gates.none { tilesBehind[gate].append(tile) }
        known = [:]
    }
}
