import Tiling

/// The cells of one step and variable as they lie on disk: a band of one raster, or granules that each hold a
/// part of the grid.
struct SourcePlane {
    struct Piece {
        let path: String
        /// Of a container; nil for a plain raster.
        let field: String?
        let band: Int
        /// Its part of the grid; nil for the whole.
        let window: PixelWindow?
    }

    let pieces: [Piece]

    private init(pieces: [Piece]) { self.pieces = pieces }

    /// One raster.
    init(path: String, band: Int) {
        pieces = [Piece(path: path, field: nil, band: band, window: nil)]
    }

    init(_ plane: SourceManifest.Plane, of step: SourceManifest.Step, files: [InputFile]) {
        guard let parts = step.parts else {
            self.init(path: plane.path, band: plane.band)
            return
        }
        self.init(
            pieces: parts.map {
                Piece(path: files[$0.file].path, field: plane.field, band: plane.band, window: $0.window)
            })
    }
}

/// A source file, and the part of the grid that it holds where it does not hold all.
struct PlacedFile {
    let input: InputFile
    let window: PixelWindow?

    /// Whether it holds any of a rectangle of cells.
    func touches(_ other: PixelWindow) -> Bool {
        guard let window else { return true }
        return window.column < other.column + other.columns && other.column < window.column + window.columns
            && window.row < other.row + other.rows && other.row < window.row + window.rows
    }
}
