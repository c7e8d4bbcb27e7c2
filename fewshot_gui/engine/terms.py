"""Licences and terms that stand in lists and in cards alike. No torch: the catalogue is shown before it is imported."""

IMAGENET_TERMS = "ImageNet's pictures may be used for research that is not commercial."
TORCHVISION_LICENCE = "BSD-3-Clause (torchvision, which states none for the weights alone)"
