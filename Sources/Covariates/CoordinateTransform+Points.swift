import Rasters

extension CoordinateTransform {
    /// The way from one CRS to another; nil where coordinates stay as they are. `path` names the source in
    /// errors.
    static func between(_ from: String, _ to: String, path: String) throws -> CoordinateTransform? {
        if from == to { return nil }
        guard !to.isEmpty else {
            throw CovariateError.unusable(
                path: path,
                problem: "has no coordinate reference system: give it one with gdal_edit.py -a_srs")
        }
        let transform = try CoordinateTransform(from: from, to: to)
        return transform.isIdentity ? nil : transform
    }

    /// Points in the order given; NaN where the other CRS has no place for one.
    func transformed(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
        var x = points.map(\.x)
        var y = points.map(\.y)
        transform(x: &x, y: &y)
        return zip(x, y).map { (x: $0, y: $1) }
    }
}
