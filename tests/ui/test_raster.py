import numpy as np
import pytest

from fewshot_gui.ui.raster import Camera, Raster, lerp, odd_diameter

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
WIDTH, HEIGHT = 90, 60
CAMERA = Camera(0.0, 0.0, 10.0)


def seen(raster, picture):
    """Without the margin."""
    m = raster.margin
    return picture[m:-m, m:-m]


def drawn(points, groups=None, palette=(RED, GREEN, BLUE)):
    raster = Raster()
    raster.set_points(np.array(points, np.float32).reshape(-1, 2))
    raster.set_groups(np.zeros(len(points), int) if groups is None else np.array(groups), np.array(palette))
    raster.place(CAMERA, WIDTH, HEIGHT)
    return raster


def blobs(n, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(0, 2, (n, 2)).astype(np.float32), rng.integers(0, 3, n)


def reference(raster, points, groups, diameter):
    """Each point's disc, painted pixel by pixel in order."""
    picture = np.zeros((HEIGHT, WIDTH), np.uint32)
    palette = [0xFFFF0000, 0xFF00FF00, 0xFF0000FF]
    shape = seen(raster, drawn([(0, 0)]).hard(diameter))
    rows, columns = np.nonzero(shape)
    pixels = np.floor(CAMERA.to_pixels(points, WIDTH, HEIGHT)).astype(int)
    for (x, y), group in zip(pixels, groups, strict=True):
        r, c = rows - HEIGHT // 2 + y, columns - WIDTH // 2 + x
        inside = (r >= 0) & (r < HEIGHT) & (c >= 0) & (c < WIDTH)
        picture[r[inside], c[inside]] = palette[group]
    return picture


@pytest.mark.parametrize("diameter", [1, 3, 5, 7, 15])
def test_discs_equal_painting_point_after_point(diameter):
    points, groups = blobs(200)
    raster = drawn(points, groups)
    assert (seen(raster, raster.hard(diameter)) == reference(raster, points, groups, diameter)).all()


@pytest.mark.parametrize("diameter", [3, 5, 7, 9, 15])
def test_a_disc_is_round_and_symmetric(diameter):
    disc = seen(r := drawn([(0, 0)]), r.hard(diameter)) > 0
    rows, columns = np.nonzero(disc)
    assert rows.max() - rows.min() + 1 == columns.max() - columns.min() + 1 == diameter
    assert disc.sum() == pytest.approx(np.pi * (diameter / 2) ** 2, rel=0.3)
    shape = disc[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    assert (shape == shape.T).all()
    assert (shape == shape[::-1]).all()


def test_the_later_point_lies_on_top():
    raster = drawn([(0, 0), (0, 0)], [0, 1])
    assert seen(raster, raster.hard(5))[HEIGHT // 2, WIDTH // 2] == 0xFF00FF00
    assert raster.at(WIDTH / 2, HEIGHT / 2, 5) == 1


def test_points_far_outside_leave_no_trace():
    raster = drawn([(1e9, 0), (-1e9, 1e9), (0, -50), (4.5 + 3, 0)])
    assert not seen(raster, raster.hard(9)).any()
    assert not seen(raster, raster.soft(9, 1.0)).any()


def test_a_soft_spot_has_its_middle_where_the_point_is():
    raster = drawn([(-2, 1)])
    for diameter in (2, 4, 6, 8, 12, 16, 24):
        opacity = (seen(raster, raster.soft(diameter, 1.0)) >> 24).astype(float)
        rows, columns = np.indices(opacity.shape)
        assert (rows * opacity).sum() / opacity.sum() == pytest.approx(20, abs=0.01)
        assert (columns * opacity).sum() / opacity.sum() == pytest.approx(25, abs=0.01)
        assert opacity[20, 25] == pytest.approx(255 * (1 - np.exp(-1)), abs=1)


def test_a_crowd_is_denser_than_one_point_and_mixes_colours():
    one, crowd = drawn([(0, 0)]), drawn([(0, 0)] * 6, [0, 0, 0, 2, 2, 2])
    middle = HEIGHT // 2, WIDTH // 2
    lone, many = (int(seen(r, r.soft(5, 0.8))[middle]) for r in (one, crowd))
    assert many >> 24 > lone >> 24
    red, blue = many >> 16 & 255, many & 255
    assert red == pytest.approx(blue, abs=1)
    assert red == pytest.approx((many >> 24) / 2, abs=2)


def test_colours_never_exceed_opacity():
    points, groups = blobs(3000)
    raster = drawn(points, groups)
    channels = raster.soft(5, 0.5).view(np.uint8).reshape(-1, 4)
    assert (channels.max(1) == channels[:, 3]).all()


@pytest.mark.parametrize("bands", [2, 3, 7])
def test_strips_make_the_same_picture_as_one_go(bands):
    points, groups = blobs(2000)
    whole = drawn(points, groups).soft(9, 0.7)
    raster = drawn(points, groups)
    for band in range(bands):
        strips = raster.soft(9, 0.7, band, bands)
    assert (strips == whole).all()


def test_the_same_points_always_give_the_same_picture():
    points, groups = blobs(5000)
    one, two = drawn(points, groups), drawn(points, groups)
    two.soft(5, 1.0)
    assert (one.hard(5) == two.hard(5)).all()


def test_the_nearest_point_within_reach_answers():
    raster = drawn([(0, 0), (1, 0)])
    x, y = WIDTH / 2, HEIGHT / 2
    assert raster.at(x - 5, y, 3) == -1
    assert raster.at(x - 5, y, 3, reach=5) == 0
    assert raster.at(x + 6, y, 3, reach=6) == 1
    assert raster.at(-100, y, 3, reach=5) == raster.at(x, 1e4, 3) == -1


def test_a_lasso_holds_the_points_whose_middle_is_inside():
    points, _ = blobs(2000)
    raster = drawn(points)
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[10:40, 20:50] = True
    x, y = np.floor(CAMERA.to_pixels(points, WIDTH, HEIGHT)).T
    expected = np.flatnonzero((x >= 20) & (x < 50) & (y >= 10) & (y < 40))
    assert raster.inside(mask).tolist() == expected.tolist()


def test_a_full_mask_leaves_out_what_is_not_seen():
    raster = drawn([(0, 0), (4.6, 0), (0, 1e6)])
    assert raster.inside(np.ones((HEIGHT, WIDTH), bool)).tolist() == [0]


def test_no_points_are_an_empty_picture():
    raster = drawn(np.empty((0, 2)))
    assert not raster.hard(5).any()
    assert not raster.soft(5, 1.0).any()
    assert raster.at(3, 3, 5, 2) == -1


def test_another_size_starts_from_clean_memory():
    raster = drawn([(0, 0)])
    raster.hard(5)
    raster.place(CAMERA, 40, 120)
    assert seen(raster, raster.hard(5)).shape == (120, 40)
    assert (seen(raster, raster.hard(1)) > 0).sum() == 1


def test_a_fitted_camera_shows_the_whole_box():
    camera = Camera.fitted(np.array([-3, 10]), np.array([5, 11]), 200, 100, 10)
    corners = camera.to_pixels(np.array([[-3, 10], [5, 11]]), 200, 100)
    assert corners[:, 0] == pytest.approx([10, 190])
    assert corners[0, 1] > corners[1, 1]


def test_zooming_keeps_what_is_under_the_mouse():
    point = np.array([[1.5, -2.0]])
    camera = Camera(0.3, 0.2, 12.0)
    before = camera.to_pixels(point, WIDTH, HEIGHT)[0]
    zoomed = camera.zoomed(1.7, before[0] - WIDTH / 2, before[1] - HEIGHT / 2)
    assert zoomed.to_pixels(point, WIDTH, HEIGHT)[0] == pytest.approx(before)
    assert zoomed.scale == pytest.approx(12 * 1.7)


def test_panning_moves_the_points_with_the_mouse():
    point = np.array([[1.5, -2.0]])
    moved = CAMERA.panned(7, -3).to_pixels(point, WIDTH, HEIGHT) - CAMERA.to_pixels(point, WIDTH, HEIGHT)
    assert moved[0] == pytest.approx([7, -3])


def test_lerp_begins_and_ends_where_it_says():
    start, end = blobs(50, 1)[0], blobs(50, 2)[0]
    assert lerp(start, end, 0.0) == pytest.approx(start)
    assert lerp(start, end, 1.0) == pytest.approx(end, abs=1e-5)


def test_diameters_are_odd():
    assert [odd_diameter(d) for d in (0.2, 1, 2.1, 3, 4.9, 8)] == [1, 1, 3, 3, 5, 9]


def test_fewer_points_than_before_leave_nothing_of_the_old_ones():
    raster = drawn([(-2, 0), (2, 0), (0, 2)], [0, 1, 2])
    raster.hard(3)
    raster.set_points(np.zeros((1, 2), np.float32))
    raster.place(CAMERA, WIDTH, HEIGHT)
    assert (seen(raster, raster.hard(1)) > 0).sum() == 1
    assert len(raster.inside(np.ones((HEIGHT, WIDTH), bool))) == 1
