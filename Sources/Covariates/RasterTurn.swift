import Tiling

/// How the rows and columns of a file may run the other way than it says.
enum RasterTurn: CaseIterable {
    case upsideDown, mirrored, both

    /// Where a cell of a grid lies in truth.
    func turned(_ cell: (column: Int, row: Int), columns: Int, rows: Int) -> (column: Int, row: Int) {
        (
            self == .upsideDown ? cell.column : columns - 1 - cell.column,
            self == .mirrored ? cell.row : rows - 1 - cell.row
        )
    }

    var words: String {
        switch self {
        case .upsideDown: "upside down"
        case .mirrored: "mirrored, east for west"
        case .both: "turned by 180 degrees"
        }
    }
}

/// Where a plane lies in truth, beside others of its series.
enum Displacement: Equatable {
    case turned(RasterTurn)
    /// So many cells further east and south than the others.
    case shifted(columns: Int, rows: Int)

    /// Cells around that are looked at. One cell is the play of a satellite's geolocation.
    static let cellsMax = 8
    static let cellsMin = 2

    var words: String {
        switch self {
        case .turned(let turn):
            return turn.words
        case .shifted(let columns, let rows):
            let parts = [
                (abs(columns), columns > 0 ? "east" : "west"), (abs(rows), rows > 0 ? "south" : "north"),
            ].filter { $0.0 > 0 }.map { "\(counted($0.0, "cell")) too far \($0.1)" }
            return parts.joined(separator: " and ")
        }
    }
}
