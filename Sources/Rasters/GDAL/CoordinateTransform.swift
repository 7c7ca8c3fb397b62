internal import CGDAL

/// Takes points from one CRS to another; x is east or longitude, y is north or latitude, whatever the CRS
/// says.
///
/// Belongs to the thread that made it.
public final class CoordinateTransform {
    /// Whether both CRS give the same coordinates to the same place.
    public let isIdentity: Bool
    /// Nil for the identity.
    private let handle: OGRCoordinateTransformationH?

    /// Both as GDAL understands them: `EPSG:4326`, a PROJ string or WKT.
    public init(from source: String, to target: String) throws(RasterError) {
        let source = try SpatialReference(source, path: "coordinate transform")
        let target = try SpatialReference(target, path: "coordinate transform")
        isIdentity = source.isSame(as: target)
        guard !isIdentity else {
            handle = nil
            return
        }
        GDALLibrary.prepare()
        handle = OCTNewCoordinateTransformation(source.handle, target.handle)
        if handle == nil {
            throw GDALLibrary.failure(
                .unsupported, "coordinate transform", cannot: "go from \(source.name) to \(target.name)")
        }
    }

    deinit { OCTDestroyCoordinateTransformation(handle) }

    /// Points that have no place in the target CRS become NaN.
    public func transform(x: inout [Double], y: inout [Double]) {
        precondition(x.count == y.count, "a point has x and y")
        guard let handle, !x.isEmpty else { return }
        let count = x.count
        var success = [Int32](repeating: 0, count: count)
        OCTTransformEx(handle, Int32(count), &x, &y, nil, &success)
        for point in 0..<count where success[point] == 0 || !x[point].isFinite || !y[point].isFinite {
            x[point] = .nan
            y[point] = .nan
        }
    }
}
