internal import Foundation
internal import Tiling

/// Along one axis: which fine pixels lie under each coarse cell, and what share of their weight.
struct CellShares {
    /// The first fine pixel of each cell.
    private(set) var first: [Int] = []
    /// Of the pixels from `first` on.
    private(set) var weights: [[Double]] = []

    /// Columns weigh by their width under the cell.
    init(columnsOf fine: Grid, under coarse: Grid) {
        self.init(
            cellCount: coarse.columns, pixelCount: fine.columns,
            edge: { (coarse.west + Double($0) * coarse.pixelWidth - fine.west) / fine.pixelWidth },
            measure: { $1 - $0 })
    }

    /// Rows weigh by their area: on a grid of degrees a row nearer to the pole is smaller.
    init(rowsOf fine: Grid, under coarse: Grid) {
        func latitude(_ row: Double) -> Double { (fine.north - row * fine.pixelHeight) * .pi / 180 }
        self.init(
            cellCount: coarse.rows, pixelCount: fine.rows,
            edge: { (fine.north - coarse.north + Double($0) * coarse.pixelHeight) / fine.pixelHeight },
            measure: { fine.isGeographic ? sin(latitude($0)) - sin(latitude($1)) : $1 - $0 })
    }

    /// `edge` gives the place of a cell's edge in fine pixels, `measure` the weight between two places.
    private init(
        cellCount: Int, pixelCount: Int, edge: (Int) -> Double, measure: (Double, Double) -> Double
    ) {
        for cell in 0..<cellCount {
            let low = Self.snapped(max(edge(cell), 0))
            let high = Self.snapped(min(edge(cell + 1), Double(pixelCount)))
            guard low < high else {
                first.append(0)
                weights.append([])
                continue
            }
            let start = Int(low.rounded(.down))
            let end = Int(high.rounded(.up))
            first.append(start)
            weights.append(
                (start..<end).map { measure(max(low, Double($0)), min(high, Double($0 + 1))) })
        }
    }

    /// Edges of grids that nest coincide, whatever the last bits of their numbers.
    private static func snapped(_ place: Double) -> Double {
        abs(place - place.rounded()) < 1e-6 ? place.rounded() : place
    }
}
