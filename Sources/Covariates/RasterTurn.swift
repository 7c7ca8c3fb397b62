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
