"""What is said while backbones are downloaded and added, see sentences.py."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

BACKBONES = (
    QT_TRANSLATE_NOOP("Sentences", "{name} has no quality {quality}. It has: {names}."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The quality {quality} of {name} is the model {other}, which is not on this computer: copy it beside the other "
        "one, or choose another quality.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The network of {name} does not take pictures of {side} x {also_side} pixels: correct that size in its "
        "config.json, or choose another quality.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The speed could not be kept in the cache folder: free some space, or set FEWSHOT_GUI_CACHE to another one.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "{file} of {host} is not the file expected: its checksum begins with {found}, not with {expected}. It was "
        "deleted; try again, and if that does not help, something on the way changes files.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences", "{host} has no {file} (404): it may have moved; update the program, or choose another."
    ),
    QT_TRANSLATE_NOOP("Sentences", "{host} answered {code} ({reason}) for {file}: try again later."),
    QT_TRANSLATE_NOOP("Sentences", "The disk of {folder} is full: free some space, then do the same again."),
    QT_TRANSLATE_NOOP("Sentences", "{folder} could not be written to ({reason}): choose another folder."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The download of {file} from {host} broke off after {done} MB{why}: do the same again to go on from there.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "{host} was not found: check the connection to the network, and the proxy in HTTPS_PROXY if there is one, then "
        "try again.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "{host} refused the connection: check the connection to the network, and the proxy in HTTPS_PROXY if there is "
        "one, then try again.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "{host} could not be reached ({reason}): check the connection to the network, and the proxy in HTTPS_PROXY if "
        "there is one, then try again.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The hub ({host}) could not be reached ({reason}): check the connection to the network, and the proxy in "
        "HTTPS_PROXY if there is one, then try again.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "The hub has no repository {name}, or does not show it to everyone."),
    QT_TRANSLATE_NOOP("Sentences", "The hub answered {code} for {name}: try again later."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "{name} asks everyone to accept its licence first: do so on {hub}/{page}, set HF_TOKEN to a token of yours, "
        "then try again.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "{name} of the hub has no {files}: choose another repository."),
    QT_TRANSLATE_NOOP("Sentences", "{file} of the repository is damaged ({reason}): choose another repository."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        'The hub is asked by huggingface_hub, which is not installed: pip install "fewshot_gui[hub]".',
    ),
    QT_TRANSLATE_NOOP(
        "Sentences", 'This backbone is made by timm, which is not installed: pip install "fewshot_gui[hub]".'
    ),
    QT_TRANSLATE_NOOP(
        "Sentences", "There is a model {name} already, in {folder}: rename the file, or give another name with --name."
    ),
    QT_TRANSLATE_NOOP("Sentences", "{folder} could not be made ({reason}): free some space there."),
    QT_TRANSLATE_NOOP("Sentences", "There is no file or folder {path}."),
    QT_TRANSLATE_NOOP("Sentences", "{path} is no file of weights: they end in {endings}."),
    QT_TRANSLATE_NOOP("Sentences", "{path} is no model folder: it has no {file}."),
    QT_TRANSLATE_NOOP("Sentences", "{path} has no model.safetensors or pytorch_model.bin: copy the whole folder."),
    QT_TRANSLATE_NOOP("Sentences", "{path} could not be read ({reason}): copy the folder again."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "{path} fits no architecture that is known here: say which with --architecture, as in torchvision:resnet50 or "
        "timm:vit_small_patch16_224.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "{path} would have to run code to be read, and is not: save the model's numbers alone, "
        "torch.save(model.state_dict(), ...), or convert them to safetensors.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "{path} is no state dict of PyTorch's, or is cut short ({reason}): get it again."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        'This backbone is an ONNX graph, and onnxruntime is not installed: pip install "fewshot_gui[onnx]".',
    ),
    QT_TRANSLATE_NOOP("Sentences", "The ONNX graph could not be opened ({reason}): export it again, into one file."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "It is {what}. Its input is taken to be scaled as usual for that, at {size} pixels: if it was trained "
        "otherwise, add it again by `fewshot-gui models add` with --input and --size.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "{name} is a finished graph ({architecture}) whose numbers cannot be trained here, and {method} trains them: "
        "choose ridge, protonet or linear.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "An ONNX file brings its architecture along: leave --architecture out."),
)
