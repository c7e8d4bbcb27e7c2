from torch import nn

from fewshot_gui.engine.backbones import create
from fewshot_gui.engine.folding import folded
from fewshot_gui.engine.network import Network


class Twice(Network):
    """Its convolution's output goes into the BatchNorm and past it."""

    embedding_size, n_blocks = 4, 1

    def __init__(self):
        super().__init__()
        self.conv, self.bn = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)
        nn.init.normal_(self.bn.bias)

    def forward(self, x, start=None, stop=None):
        h = self.conv(x)
        return (self.bn(h) + 2 * h).mean((2, 3))

    def block_of(self, parameter):
        return 0


def test_a_network_that_uses_a_convolution_s_output_twice_stays_as_it_is():
    network = Twice().eval()
    assert folded(network, 3, 64) is network


def test_a_network_without_batch_norm_is_its_own():
    network = create("conv4", norm="group").eval()
    assert folded(network, 1, 28) is network


def test_a_network_that_takes_no_picture_of_the_size_stays_as_it_is():
    network = create("conv4", size=28, channels=1).eval()
    assert folded(network, 3, 28) is network
