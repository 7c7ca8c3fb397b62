"""Seeded value noise that can be asked for at any place and day, without a stored field.

A lattice value is a hash of its integer coordinates, so that training rows far away, the benchmark's tiles
and a later run all see one and the same world.
"""

import numpy as np

CHUNK = 1 << 15  # points worked on at a time: temporaries stay in cache


def hashed(seed, *coordinates):
    """uint32 hash of integer coordinates (arrays that broadcast)."""
    factors = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D)
    h = np.uint32((seed * 0x27D4EB2F + 0x165667B1) & 0xFFFFFFFF)
    for coordinate, factor in zip(coordinates, factors):
        h = (h ^ (coordinate * np.uint32(factor))) * np.uint32(0x7FEB352D)
    h ^= h >> np.uint32(15)
    h *= np.uint32(0x2C1B3C6D)
    h ^= h >> np.uint32(12)
    h *= np.uint32(0x297A2D39)
    h ^= h >> np.uint32(15)
    return h


def integers(values):
    """Whole numbers, negative ones wrapped, as the hash takes them."""
    return np.asarray(values).astype(np.int64).astype(np.uint32)


def lattice(seed, *coordinates):
    """Uniform float32 in [-1, 1) at lattice points."""
    return hashed(seed, *coordinates).astype(np.float32) * np.float32(2.0**-31) - np.float32(1)


def octave(seed, *coordinates):
    """Smoothly interpolated lattice values at real coordinates (two or three of them)."""
    floors = [np.floor(c) for c in coordinates]
    fractions = [(c - f).astype(np.float32) for c, f in zip(coordinates, floors)]
    weights = [f * f * (3 - 2 * f) for f in fractions]
    lower = [integers(f) for f in floors]

    def blend(axis, corner):
        if axis == len(coordinates):
            return lattice(seed, *corner)
        near = blend(axis + 1, corner + [lower[axis]])
        far = blend(axis + 1, corner + [lower[axis] + np.uint32(1)])
        return near + weights[axis] * (far - near)

    return blend(0, [])


def fractal(seed, x, y, wavelengths, roughness, t=None, periods=None):
    """Sum of octaves with amplitude wavelength ** roughness, scaled to a standard deviation near 1.

    With t, octave k changes over `periods[k]` days.
    """
    amplitudes = np.array(wavelengths, dtype=np.float64) ** roughness
    amplitudes /= np.sqrt((amplitudes**2).sum()) * (0.38 if t is None else 0.30)
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    result = np.empty(x.shape, dtype=np.float32)
    flat, fx, fy = result.reshape(-1), x.reshape(-1), y.reshape(-1)
    ft = None if t is None else np.broadcast_to(np.asarray(t, dtype=np.float64), x.shape).reshape(-1)
    for start in range(0, flat.size, CHUNK):
        part = slice(start, start + CHUNK)
        total = np.float32(0)
        for k, (wavelength, amplitude) in enumerate(zip(wavelengths, amplitudes)):
            shift = 0.37 * (k + 1)  # octaves do not share lattice points
            coordinates = [fx[part] / wavelength + shift, fy[part] / wavelength - shift]
            if ft is not None:
                coordinates.append(ft[part] / periods[k] + shift)
            total = total + np.float32(amplitude) * octave(seed * 64 + k, *coordinates)
        flat[part] = total
    return result


def speckle(seed, x, y, t=None):
    """Independent noise of each pixel (and day), near normal, standard deviation 1."""
    coordinates = [integers(np.floor(x)), integers(np.floor(y))]
    if t is not None:
        coordinates.append(integers(t))
    h = hashed(seed * 64 + 63, *coordinates)
    total = np.zeros(h.shape, dtype=np.float32)
    for shift in (0, 8, 16, 24):
        total += ((h >> np.uint32(shift)) & np.uint32(255)).astype(np.float32)
    return (total - np.float32(510)) / np.float32(147.8)
