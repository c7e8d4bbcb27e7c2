<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>AccuracyChart</name>
    <message>
        <source>Accuracy over time</source>
        <translation>准确率变化</translation>
    </message>
    <message>
        <source>No figures yet.</source>
        <translation>还没有数据。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln figure(s)</source>
        <translation>
            <numerusform>%Ln 个数据</numerusform>
        </translation>
    </message>
    <message>
        <source>measured</source>
        <translation>实测</translation>
    </message>
    <message>
        <source>estimated</source>
        <translation>估计</translation>
    </message>
    <message numerus="yes">
        <source>%Ln figure(s), the newest at the right</source>
        <translation>
            <numerusform>%Ln 个数据，最新的在右侧</numerusform>
        </translation>
    </message>
    <message>
        <source>re-adapted</source>
        <translation>重新适应</translation>
    </message>
</context>
<context>
    <name>AccuracyView</name>
    <message>
        <source>Accuracy</source>
        <translation>准确率</translation>
    </message>
    <message>
        <source>{interval} (95 % interval)</source>
        <translation>{interval}（95 % 区间）</translation>
    </message>
    <message>
        <source>Give each class two examples or more, and an estimate appears here.</source>
        <translation>每个类别给出两张或更多示例，这里就会显示估计值。</translation>
    </message>
    <message numerus="yes">
        <source>So far, on %Ln picture(s) whose class is known from folders or a table.</source>
        <translation>
            <numerusform>目前为止，基于 %Ln 张类别已由文件夹或表格给出的图片。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Measured on %Ln picture(s) whose class is known from folders or a table.</source>
        <translation>
            <numerusform>在 %Ln 张由文件夹或表格得知类别的图片上实测。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Estimated from %Ln example(s) before adapting deeper; not measured on this folder.</source>
        <translation>
            <numerusform>深度适应之前由 %Ln 个示例估计；并非在此文件夹上测得。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Estimated from %Ln example(s), each left out once; not measured on this folder.</source>
        <translation>
            <numerusform>由 %Ln 张示例逐一留出估计；并非在此文件夹上实测。</numerusform>
        </translation>
    </message>
    <message>
        <source>Rough: there are few examples.</source>
        <translation>粗略估计：示例很少。</translation>
    </message>
    <message>
        <source>Measured where the class is known: {figure}</source>
        <translation>在类别已知处实测：{figure}</translation>
    </message>
    <message>
        <source>Estimated from the examples before adapting deeper: {figure}</source>
        <translation>深度适应之前由示例估计：{figure}</translation>
    </message>
    <message>
        <source>Estimated from the examples: {figure}</source>
        <translation>由示例估计：{figure}</translation>
    </message>
    <message numerus="yes">
        <source>{right} of %Ln you checked were right; you chose them.</source>
        <translation>
            <numerusform>您检查的 %Ln 张中有 {right} 张正确；这些是您挑选的。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>Demo</source>
        <translation>演示</translation>
    </message>
    <message>
        <source>New class</source>
        <translation>新类别</translation>
    </message>
    <message>
        <source>These pictures have not been read yet: wait until they are classified.</source>
        <translation>这些图片尚未读取：请等它们分类完成。</translation>
    </message>
    <message>
        <source>The classifier is in {path}: `fewshot-gui classify --model` takes it.</source>
        <translation>分类器已存入 {path}，可用于 `fewshot-gui classify --model`。</translation>
    </message>
    <message>
        <source>Choose the folder to classify first: the table is about its pictures.</source>
        <translation>请先选择要分类的文件夹：表格是关于其中图片的。</translation>
    </message>
</context>
<context>
    <name>Asking</name>
    <message>
        <source>today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>Open project</source>
        <translation>打开项目</translation>
    </message>
    <message>
        <source>A table with the columns path and class</source>
        <translation>含 path 和 class 两列的表格</translation>
    </message>
    <message>
        <source>Tables</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>A file of weights</source>
        <translation>权重文件</translation>
    </message>
    <message>
        <source>Export answers</source>
        <translation>导出结果</translation>
    </message>
    <message>
        <source>Projects</source>
        <translation>项目</translation>
    </message>
    <message>
        <source>A model folder</source>
        <translation>模型文件夹</translation>
    </message>
</context>
<context>
    <name>Backbones</name>
    <message>
        <source>The default for photographs and other natural pictures: EfficientNet-Lite0 with an ImageNet start, then trained on many domains.</source>
        <translation>照片和其他自然图片的默认选择：EfficientNet-Lite0，以 ImageNet 为起点，再在多个领域上训练。</translation>
    </message>
    <message>
        <source>The careful setting of lite0-natural: three networks of one family, trained alike, side by side.</source>
        <translation>lite0-natural 的“细致”档：同一系列的三个网络，以相同方式训练，并排使用。</translation>
    </message>
    <message>
        <source>EfficientNet-Lite1 with an ImageNet start, then trained on many domains: a member of lite-trio-natural.</source>
        <translation>EfficientNet-Lite1，以 ImageNet 为起点，再在多个领域上训练：lite-trio-natural 的成员之一。</translation>
    </message>
    <message>
        <source>EfficientNet-Lite2 with an ImageNet start, then trained on many domains: a member of lite-trio-natural.</source>
        <translation>EfficientNet-Lite2，以 ImageNet 为起点，再在多个领域上训练：lite-trio-natural 的成员之一。</translation>
    </message>
    <message>
        <source>A ResNet-10 trained from nothing on 140 Tiny-ImageNet classes: for benchmarks on classes that are truly new. For your own pictures lite0-natural is better.</source>
        <translation>在 140 个 Tiny-ImageNet 类别上从零训练的 ResNet-10：用于在真正全新的类别上做基准测试。对您自己的图片，lite0-natural 更好。</translation>
    </message>
    <message>
        <source>Conv-4 meta-trained with prototypical episodes on Omniglot&apos;s drawings, from nothing: drawn characters and marks, black on white.</source>
        <translation>Conv-4，在 Omniglot 手绘字符上以原型任务从零元训练：适合白底黑色的手绘字符和标记。</translation>
    </message>
    <message>
        <source>Conv-4 meta-trained with MAML on Omniglot&apos;s drawings, from nothing: a start from which a few gradient steps adapt the whole network to new characters.</source>
        <translation>Conv-4，在 Omniglot 手绘字符上用 MAML 从零元训练：从这个起点出发，几步梯度下降即可使整个网络适应新字符。</translation>
    </message>
    <message>
        <source>photographs</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>drawings</source>
        <translation>手绘</translation>
    </message>
    <message>
        <source>your own</source>
        <translation>您自己的</translation>
    </message>
    <message>
        <source>comes with the program</source>
        <translation>随程序提供</translation>
    </message>
    <message>
        <source>{count} numbers</source>
        <translation>{count} 个数值</translation>
    </message>
    <message>
        <source>Terms: {terms}</source>
        <translation>条款：{terms}</translation>
    </message>
    <message>
        <source>needs: pip install &quot;fewshot_gui[{extra}]&quot;</source>
        <translation>需要：pip install &quot;fewshot_gui[{extra}]&quot;</translation>
    </message>
    <message>
        <source>Licence: {licence}. {terms}</source>
        <translation>许可：{licence}。{terms}</translation>
    </message>
    <message>
        <source>Not measured: try it on pictures of yours.</source>
        <translation>未测量：请在您自己的图片上试用。</translation>
    </message>
    <message>
        <source>{shots} shot: {accuracy}</source>
        <translation>{shots} 张示例：{accuracy}</translation>
    </message>
    <message>
        <source>Measured, {ways} classes at a time: {figures}; on {dataset}, {split}</source>
        <translation>实测，每次 {ways} 个类别：{figures}；数据集 {dataset}，{split}</translation>
    </message>
    <message>
        <source>{count} MB</source>
        <translation>{count} MB</translation>
    </message>
    <message>
        <source>{side} x {side} pixels</source>
        <translation>{side} x {side} 像素</translation>
    </message>
    <message>
        <source>Measured.</source>
        <translation>已测量。</translation>
    </message>
    <message>
        <source>Beginning</source>
        <translation>正在开始</translation>
    </message>
    <message>
        <source>{name} is ready.</source>
        <translation>{name} 已就绪。</translation>
    </message>
    <message>
        <source>Stopped. What was measured is kept.</source>
        <translation>已停止。已测得的结果会保留。</translation>
    </message>
    <message>
        <source>Stopped. What has come is kept: get it again to go on from there.</source>
        <translation>已停止。已下载的部分会保留：再次获取即可继续。</translation>
    </message>
    <message>
        <source>That failed by a fault of the program.</source>
        <translation>因程序错误而失败。</translation>
    </message>
</context>
<context>
    <name>BackbonesDialog</name>
    <message>
        <source>Backbones</source>
        <translation>骨干网络</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop: what has come is kept and gone on from</source>
        <translation>停止：已下载的部分会保留，可继续</translation>
    </message>
    <message>
        <source>Add a file...</source>
        <translation>添加文件...</translation>
    </message>
    <message>
        <source>A file of weights: safetensors, PyTorch or ONNX</source>
        <translation>权重文件：safetensors、PyTorch 或 ONNX</translation>
    </message>
    <message>
        <source>Add a folder...</source>
        <translation>添加文件夹...</translation>
    </message>
    <message>
        <source>A model folder</source>
        <translation>模型文件夹</translation>
    </message>
    <message>
        <source>Measure speed</source>
        <translation>测量速度</translation>
    </message>
    <message>
        <source>Measure how many pictures a second each of them embeds on this computer: some seconds for each</source>
        <translation>测量每个骨干网络在这台计算机上每秒能处理多少张图片：每个需要几秒钟</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>这台电脑上</translation>
    </message>
    <message>
        <source>To get from the internet</source>
        <translation>可从互联网获取</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Close: a download goes on</source>
        <translation>关闭：下载会继续</translation>
    </message>
    <message>
        <source>A backbone turns pictures into numbers that can be compared; how good it is decides how good the answers are. Drop a file of weights or a model folder here to add it.</source>
        <translation>骨干网络把图片变成可以比较的数值；它的好坏决定结果的好坏。将权重文件或模型文件夹拖到这里即可添加。</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>使用</translation>
    </message>
    <message>
        <source>Use {name} in this project</source>
        <translation>在此项目中使用 {name}</translation>
    </message>
    <message>
        <source>Get...</source>
        <translation>获取...</translation>
    </message>
    <message>
        <source>Download {name}</source>
        <translation>下载 {name}</translation>
    </message>
    <message>
        <source>A backbone is chosen for a project: begin one first.</source>
        <translation>骨干网络是为项目选择的：请先新建一个项目。</translation>
    </message>
</context>
<context>
    <name>Catalogue</name>
    <message>
        <source>EfficientNet-Lite0 as lite0-natural began: without the pictures of unknown licence that one learned from.</source>
        <translation>EfficientNet-Lite0，即 lite0-natural 的起点：未用过后者所学的许可不明的图片。</translation>
    </message>
    <message>
        <source>EfficientNet-Lite1: a little stronger and slower than Lite0.</source>
        <translation>EfficientNet-Lite1：比 Lite0 略强，也略慢。</translation>
    </message>
    <message>
        <source>EfficientNet-Lite2: a little stronger and slower than Lite1.</source>
        <translation>EfficientNet-Lite2：比 Lite1 略强，也略慢。</translation>
    </message>
    <message>
        <source>ResNet-50, the usual measure.</source>
        <translation>ResNet-50，常用的衡量标准。</translation>
    </message>
    <message>
        <source>EfficientNet-B0: small and quick.</source>
        <translation>EfficientNet-B0：小而快。</translation>
    </message>
    <message>
        <source>MobileNetV3: the quickest of these.</source>
        <translation>MobileNetV3：其中最快的。</translation>
    </message>
    <message>
        <source>ConvNeXt-T: stronger and slower than ResNet-50.</source>
        <translation>ConvNeXt-T：比 ResNet-50 更强也更慢。</translation>
    </message>
    <message>
        <source>Swin-T, a transformer with shifted windows.</source>
        <translation>Swin-T，使用移位窗口的 Transformer。</translation>
    </message>
    <message>
        <source>DINOv2 ViT-S/14, trained without labels on 142 million pictures: strong on pictures of any kind.</source>
        <translation>DINOv2 ViT-S/14，在 1.42 亿张无标签图片上训练：对任何种类的图片都很强。</translation>
    </message>
    <message>
        <source>DINOv2 ViT-B/14, trained without labels on 142 million pictures: stronger and four times slower.</source>
        <translation>DINOv2 ViT-B/14，在 1.42 亿张无标签图片上训练：更强，但慢四倍。</translation>
    </message>
    <message>
        <source>DINOv3 ViT-S/16, trained without labels on 1,689 million pictures.</source>
        <translation>DINOv3 ViT-S/16，在 16.89 亿张无标签图片上训练。</translation>
    </message>
    <message>
        <source>CLIP ViT-B/32 of OpenAI, the image tower, trained on pictures with captions.</source>
        <translation>OpenAI 的 CLIP ViT-B/32 图像塔，在带文字说明的图片上训练。</translation>
    </message>
    <message>
        <source>CLIP ViT-B/16 of OpenAI, the image tower: finer and slower than B/32.</source>
        <translation>OpenAI 的 CLIP ViT-B/16 图像塔：比 B/32 更细致也更慢。</translation>
    </message>
    <message>
        <source>SigLIP ViT-B/16 of Google, the image tower, trained on pictures with captions.</source>
        <translation>Google 的 SigLIP ViT-B/16 图像塔，在带文字说明的图片上训练。</translation>
    </message>
    <message>
        <source>EfficientNet-B0 with timm&apos;s longer training.</source>
        <translation>EfficientNet-B0，采用 timm 更长的训练。</translation>
    </message>
    <message>
        <source>MobileNetV4: quick, and stronger than MobileNetV3.</source>
        <translation>MobileNetV4：快速，且强于 MobileNetV3。</translation>
    </message>
    <message>
        <source>ImageNet&apos;s pictures may be used for research that is not commercial.</source>
        <translation>ImageNet 的图片可用于非商业研究。</translation>
    </message>
    <message>
        <source>The pictures it was trained on are not published.</source>
        <translation>其训练图片未公开。</translation>
    </message>
    <message>
        <source>BSD-3-Clause (torchvision, which states none for the weights alone)</source>
        <translation>BSD-3-Clause（torchvision；未单独说明权重的许可）</translation>
    </message>
    <message>
        <source>DINOv3 License (Meta&apos;s own)</source>
        <translation>DINOv3 许可（Meta 自有）</translation>
    </message>
</context>
<context>
    <name>ClassCard</name>
    <message>
        <source>No pictures yet: drop some here</source>
        <translation>还没有图片：拖到这里</translation>
    </message>
    <message numerus="yes">
        <source>%n shot(s)</source>
        <translation>
            <numerusform>%n 张示例</numerusform>
        </translation>
    </message>
    <message>
        <source>key {key}</source>
        <translation>按键 {key}</translation>
    </message>
</context>
<context>
    <name>ClassMenu</name>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Add pictures…</source>
        <translation>添加图片…</translation>
    </message>
    <message>
        <source>Add a folder…</source>
        <translation>添加文件夹…</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>粘贴</translation>
    </message>
    <message>
        <source>Hide the examples</source>
        <translation>隐藏示例</translation>
    </message>
    <message>
        <source>Show all examples</source>
        <translation>显示全部示例</translation>
    </message>
    <message numerus="yes">
        <source>Split %n example(s) into a new class…</source>
        <translation>
            <numerusform>将 %n 张示例拆分为新类别…</numerusform>
        </translation>
    </message>
    <message>
        <source>Merge into</source>
        <translation>合并到</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>上移</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>下移</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>Colour {number}</source>
        <translation>颜色 {number}</translation>
    </message>
</context>
<context>
    <name>ClassSources</name>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Add pictures</source>
        <translation>添加图片</translation>
    </message>
    <message>
        <source>Add a folder of pictures</source>
        <translation>添加图片文件夹</translation>
    </message>
</context>
<context>
    <name>ClassesJoint</name>
    <message>
        <source>Add another example, of another scene, for an estimate.</source>
        <translation>再添加一张不同场景的示例，才能估计准确率。</translation>
    </message>
    <message>
        <source>The picture {name} {reason}.</source>
        <translation>图片 {name} {reason}。</translation>
    </message>
</context>
<context>
    <name>ClassesView</name>
    <message>
        <source>Classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>A new class</source>
        <translation>新类别</translation>
    </message>
    <message numerus="yes">
        <source>A new class of %n example(s)</source>
        <translation>
            <numerusform>由 %n 张示例组成的新类别</numerusform>
        </translation>
    </message>
    <message>
        <source>There is no picture in the clipboard: copy one first.</source>
        <translation>剪贴板中没有图片：请先复制一张。</translation>
    </message>
    <message>
        <source>Classes from a folder…</source>
        <translation>从文件夹添加类别…</translation>
    </message>
    <message>
        <source>New class</source>
        <translation>新类别</translation>
    </message>
</context>
<context>
    <name>Commands</name>
    <message>
        <source>&amp;Project</source>
        <translation>项目(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>编辑(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Classes</source>
        <translation>类别(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Adapt</source>
        <translation>适应(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;New project</source>
        <translation>新建项目(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Open project...</source>
        <translation>打开项目(&amp;O)...</translation>
    </message>
    <message>
        <source>&amp;Start page</source>
        <translation>起始页(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Folder to classify...</source>
        <translation>要分类的文件夹(&amp;F)...</translation>
    </message>
    <message>
        <source>&amp;Look for new pictures</source>
        <translation>查找新图片(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;True classes from a table...</source>
        <translation>从表格读取真实类别(&amp;T)...</translation>
    </message>
    <message>
        <source>Export &amp;answers...</source>
        <translation>导出结果(&amp;A)...</translation>
    </message>
    <message>
        <source>Export &amp;classifier...</source>
        <translation>导出分类器(&amp;C)...</translation>
    </message>
    <message>
        <source>Save a co&amp;py...</source>
        <translation>另存副本(&amp;P)...</translation>
    </message>
    <message>
        <source>&amp;Move project file...</source>
        <translation>移动项目文件(&amp;M)...</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Paste pictures</source>
        <translation>粘贴图片(&amp;P)</translation>
    </message>
    <message>
        <source>Re&amp;name project</source>
        <translation>重命名项目(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;New class...</source>
        <translation>新建类别(&amp;N)...</translation>
    </message>
    <message>
        <source>Add &amp;pictures...</source>
        <translation>添加图片(&amp;P)...</translation>
    </message>
    <message>
        <source>Classes from a &amp;folder...</source>
        <translation>从文件夹添加类别(&amp;F)...</translation>
    </message>
    <message>
        <source>Adapt &amp;deeper</source>
        <translation>深度适应(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Stop what is running</source>
        <translation>停止当前任务(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Pause classifying</source>
        <translation>暂停分类(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Backbones...</source>
        <translation>骨干网络(&amp;B)...</translation>
    </message>
    <message>
        <source>Go to &amp;classes</source>
        <translation>转到类别(&amp;C)</translation>
    </message>
    <message>
        <source>Go to &amp;pictures</source>
        <translation>转到图片(&amp;P)</translation>
    </message>
    <message>
        <source>Go to &amp;map</source>
        <translation>转到分布图(&amp;M)</translation>
    </message>
    <message>
        <source>Map and &amp;accuracy</source>
        <translation>分布图与准确率(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Light or dark</source>
        <translation>浅色或深色(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Full screen</source>
        <translation>全屏(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Keyboard</source>
        <translation>键盘(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;About fewshot-gui</source>
        <translation>关于 fewshot-gui(&amp;A)</translation>
    </message>
    <message>
        <source>The selected pictures are of this class</source>
        <translation>所选图片属于此类别</translation>
    </message>
    <message>
        <source>The answers for the selected pictures are right</source>
        <translation>所选图片的结果正确</translation>
    </message>
    <message>
        <source>The selected pictures are of none of the classes</source>
        <translation>所选图片不属于任何类别</translation>
    </message>
    <message>
        <source>Leave the selected pictures out</source>
        <translation>排除所选图片</translation>
    </message>
    <message>
        <source>Show the picture in full size</source>
        <translation>以原始大小显示图片</translation>
    </message>
    <message>
        <source>Select all pictures that are shown</source>
        <translation>选择所有显示的图片</translation>
    </message>
    <message>
        <source>Rename the class</source>
        <translation>重命名类别</translation>
    </message>
    <message>
        <source>Delete the class, or remove the example</source>
        <translation>删除类别，或移除示例</translation>
    </message>
    <message>
        <source>Move the class up or down</source>
        <translation>上移或下移类别</translation>
    </message>
</context>
<context>
    <name>ConfusionModel</name>
    <message>
        <source>Recall</source>
        <translation>召回率</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>{name}, found</source>
        <translation>{name}，找到的</translation>
    </message>
    <message>
        <source>{name}, answered right</source>
        <translation>{name}，回答正确</translation>
    </message>
    <message>
        <source>{name}, answered as none of these</source>
        <translation>{name}，被判为都不是</translation>
    </message>
    <message>
        <source>{name}, taken for {other}</source>
        <translation>{name}，被判为 {other}</translation>
    </message>
</context>
<context>
    <name>ConfusionTable</name>
    <message>
        <source>True classes against answers</source>
        <translation>真实类别与结果对照</translation>
    </message>
</context>
<context>
    <name>ConfusionView</name>
    <message>
        <source>Confusion</source>
        <translation>混淆矩阵</translation>
    </message>
    <message>
        <source>Pictures in sub-folders named like your classes show here which are confused.</source>
        <translation>子文件夹若与类别同名，这里会显示哪些类别被混淆。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln picture(s) whose class is known</source>
        <translation>
            <numerusform>%Ln 张类别已知的图片</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Counted</name>
    <message numerus="yes">
        <source>%n class(es)</source>
        <translation>
            <numerusform>%n 个类别</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n example(s)</source>
        <translation>
            <numerusform>%n 张示例</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>CPU, %n thread(s)</source>
        <translation>
            <numerusform>CPU，%n 个线程</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n view(s) of each picture</source>
        <translation>
            <numerusform>每张图片看 %n 个视图</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n day(s) ago</source>
        <translation>
            <numerusform>%n 天前</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The answers for %n picture(s) are in {path}.</source>
        <translation>
            <numerusform>%n 张图片的结果已写入 {path}。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Counts</name>
    <message>
        <source>{count} pictures</source>
        <translation>{count} 张图片</translation>
    </message>
    <message>
        <source>{number} %</source>
        <translation>{number} %</translation>
    </message>
    <message>
        <source>{classes}, {examples}.</source>
        <translation>{classes}，{examples}。</translation>
    </message>
    <message>
        <source>Add a second class, so that there is something to tell apart.</source>
        <translation>请添加第二个类别，才有可区分的对象。</translation>
    </message>
    <message>
        <source>About {accuracy}.</source>
        <translation>约 {accuracy}。</translation>
    </message>
    <message>
        <source>Weakest: {name}; more examples of it would help most.</source>
        <translation>最弱：{name}；为它添加示例帮助最大。</translation>
    </message>
    <message>
        <source>More examples of {name} would help most.</source>
        <translation>为 {name} 添加示例帮助最大。</translation>
    </message>
</context>
<context>
    <name>CrashDialog</name>
    <message>
        <source>Something went wrong</source>
        <translation>出错了</translation>
    </message>
    <message>
        <source>This is a fault in the program, not in what you did.</source>
        <translation>这是程序的错误，不是您的操作造成的。</translation>
    </message>
    <message>
        <source>Your project is saved. You can go on; if the window behaves oddly, close it and open it again.</source>
        <translation>您的项目已保存，可以继续；如果窗口表现异常，请关闭后重新打开。</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Copy report</source>
        <translation>复制报告</translation>
    </message>
    <message>
        <source>Close the program</source>
        <translation>关闭程序</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
</context>
<context>
    <name>CropCanvas</name>
    <message>
        <source>Picture with the box of the object</source>
        <translation>带对象框的图片</translation>
    </message>
    <message>
        <source>The whole picture</source>
        <translation>整张图片</translation>
    </message>
    <message>
        <source>Box from {left} %, {top} %, {width} % wide, {height} % high</source>
        <translation>框：左 {left} %，上 {top} %，宽 {width} %，高 {height} %</translation>
    </message>
</context>
<context>
    <name>CropDialog</name>
    <message>
        <source>Crop to the object</source>
        <translation>裁剪到对象</translation>
    </message>
    <message>
        <source>Draw a box around the object, or use the arrow keys: they move the box, Shift sizes it, Ctrl makes the steps small, Delete takes the whole picture.</source>
        <translation>围绕对象画一个框，或使用方向键：方向键移动框，Shift 改变大小，Ctrl 使步长变小，Delete 使用整张图片。</translation>
    </message>
    <message>
        <source>Use this part</source>
        <translation>使用这一部分</translation>
    </message>
    <message>
        <source>Whole picture</source>
        <translation>整张图片</translation>
    </message>
    <message>
        <source>Use the whole picture</source>
        <translation>使用整张图片</translation>
    </message>
</context>
<context>
    <name>Devices</name>
    <message>
        <source>Automatic: {device}</source>
        <translation>自动：{device}</translation>
    </message>
</context>
<context>
    <name>DropWords</name>
    <message numerus="yes">
        <source>Drop to move %n example(s)</source>
        <translation>
            <numerusform>松开以移动 %n 张示例</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drop to make a class of %n example(s)</source>
        <translation>
            <numerusform>松开以用 %n 张示例新建类别</numerusform>
        </translation>
    </message>
    <message>
        <source>Drop to add this picture</source>
        <translation>松开以添加此图片</translation>
    </message>
    <message>
        <source>Drop to make a class of this picture</source>
        <translation>松开以用此图片新建类别</translation>
    </message>
    <message>
        <source>A web address: pictures are not fetched</source>
        <translation>这是网址：程序不会下载图片</translation>
    </message>
    <message numerus="yes">
        <source>No picture among %n file(s)</source>
        <translation>
            <numerusform>%n 个文件中没有图片</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drop to say: none of these (%n)</source>
        <translation>
            <numerusform>松开表示：都不是（%n）</numerusform>
        </translation>
    </message>
    <message>
        <source>The program does not fetch pictures from the internet: save the picture and drop the file, or copy the picture itself and paste it. ({address})</source>
        <translation>程序不会从网上下载图片：请保存图片后拖入文件，或复制图片本身再粘贴。（{address}）</translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) left out, not being a picture: {names}.</source>
        <translation>
            <numerusform>%n 个文件不是图片，已略过：{names}。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drop to make a class of %n picture(s)</source>
        <translation>
            <numerusform>松开以用 %n 张图片新建类别</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drop to add %n picture(s) and the folders</source>
        <translation>
            <numerusform>松开以添加 %n 张图片和文件夹</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drop to add %n picture(s)</source>
        <translation>
            <numerusform>松开以添加 %n 张图片</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drop to add the pictures of %n folder(s)</source>
        <translation>
            <numerusform>松开以添加 %n 个文件夹中的图片</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drop to make %n class(es), one per folder</source>
        <translation>
            <numerusform>松开以新建 %n 个类别，每个文件夹一个</numerusform>
        </translation>
    </message>
    <message>
        <source>Drop to make a class of {folder}</source>
        <translation>松开以用 {folder} 新建类别</translation>
    </message>
</context>
<context>
    <name>DropZone</name>
    <message>
        <source>Drop pictures or a folder</source>
        <translation>拖入图片或文件夹</translation>
    </message>
    <message>
        <source>a new class is named after the folder</source>
        <translation>新类别以文件夹命名</translation>
    </message>
    <message>
        <source>Return makes the class, Escape does not</source>
        <translation>回车新建类别，Esc 取消</translation>
    </message>
</context>
<context>
    <name>EmptyState</name>
    <message>
        <source>Show what to look for</source>
        <translation>告诉它要找什么</translation>
    </message>
    <message>
        <source>Drop a few pictures of each kind, or a folder that has a folder for each kind. Three to five pictures of a class are a good start.</source>
        <translation>每个种类拖入几张图片，或拖入一个按种类分子文件夹的文件夹。每个类别三到五张就是好的开始。</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>选择文件夹…</translation>
    </message>
    <message>
        <source>Try it with demo pictures</source>
        <translation>用演示图片试试</translation>
    </message>
</context>
<context>
    <name>ExampleViewer</name>
    <message>
        <source>Previous example (Left)</source>
        <translation>上一张示例（左）</translation>
    </message>
    <message>
        <source>Next example (Right)</source>
        <translation>下一张示例（右）</translation>
    </message>
    <message>
        <source>Fit to the window (0)</source>
        <translation>适合窗口（0）</translation>
    </message>
    <message>
        <source>Crop to the object…</source>
        <translation>裁剪到对象…</translation>
    </message>
    <message>
        <source>Remove example</source>
        <translation>移除示例</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} / {1}</translation>
    </message>
    <message>
        <source>{file}, an example of {name}</source>
        <translation>{file}，{name} 的示例</translation>
    </message>
</context>
<context>
    <name>ExamplesMenu</name>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Crop to the object…</source>
        <translation>裁剪到对象…</translation>
    </message>
    <message>
        <source>Move to</source>
        <translation>移动到</translation>
    </message>
    <message numerus="yes">
        <source>Split %n example(s) into a new class…</source>
        <translation>
            <numerusform>将 %n 张示例拆分为新类别…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Remove %n example(s)</source>
        <translation>
            <numerusform>移除 %n 张示例</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ExamplesModel</name>
    <message>
        <source>{file}, cropped</source>
        <translation>{file}，已裁剪</translation>
    </message>
</context>
<context>
    <name>ExamplesStrip</name>
    <message>
        <source>Examples</source>
        <translation>示例</translation>
    </message>
</context>
<context>
    <name>FoldersModel</name>
    <message numerus="yes">
        <source>%n picture(s)</source>
        <translation>
            <numerusform>%n 张图片</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Foot</name>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>{speed} pictures/s</source>
        <translation>{speed} 张/秒</translation>
    </message>
    <message>
        <source>{seconds} s left</source>
        <translation>剩余 {seconds} 秒</translation>
    </message>
    <message>
        <source>{minutes} min {seconds} s left</source>
        <translation>剩余 {minutes} 分 {seconds} 秒</translation>
    </message>
    <message>
        <source>{hours} h {minutes} min left</source>
        <translation>剩余 {hours} 小时 {minutes} 分</translation>
    </message>
</context>
<context>
    <name>GridBar</name>
    <message>
        <source>Search names, class:rose</source>
        <translation>搜索名称，class:rose</translation>
    </message>
    <message>
        <source>Search in file names</source>
        <translation>在文件名中搜索</translation>
    </message>
    <message>
        <source>Order of the pictures</source>
        <translation>图片排序</translation>
    </message>
    <message>
        <source>Size of the pictures</source>
        <translation>图片大小</translation>
    </message>
    <message>
        <source>Sort again</source>
        <translation>重新排序</translation>
    </message>
    <message>
        <source>New answers came in. The order stays until you ask for another.</source>
        <translation>有新结果。顺序保持不变，直到您要求重排。</translation>
    </message>
    <message>
        <source>Folder order</source>
        <translation>文件夹顺序</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Least certain</source>
        <translation>最不确定</translation>
    </message>
    <message>
        <source>Most certain</source>
        <translation>最确定</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Random audit</source>
        <translation>随机抽查</translation>
    </message>
    <message>
        <source>Pictures in random order: check the first ones to learn how often the answers are right</source>
        <translation>图片随机排列：检查前面的若干张，即可了解结果的正确率</translation>
    </message>
    <message>
        <source>All {0}</source>
        <translation>全部 {0}</translation>
    </message>
    <message>
        <source>To review {0}</source>
        <translation>待查 {0}</translation>
    </message>
    <message>
        <source>Confirmed {0}</source>
        <translation>已确认 {0}</translation>
    </message>
    <message>
        <source>Unknown {0}</source>
        <translation>未知 {0}</translation>
    </message>
    <message>
        <source>Unreadable {0}</source>
        <translation>无法读取 {0}</translation>
    </message>
    <message>
        <source>Show all pictures again</source>
        <translation>重新显示全部图片</translation>
    </message>
    <message>
        <source>Only {0}. Press to show all.</source>
        <translation>仅 {0}。按下显示全部。</translation>
    </message>
    <message>
        <source>Chosen pictures</source>
        <translation>选定的图片</translation>
    </message>
</context>
<context>
    <name>GridEmpty</name>
    <message>
        <source>Looking for pictures…</source>
        <translation>正在查找图片…</translation>
    </message>
    <message>
        <source>Drop a folder of pictures here to classify them. Nothing in it is ever changed.</source>
        <translation>把图片文件夹拖到这里进行分类。其中的内容绝不会被更改。</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>选择文件夹…</translation>
    </message>
    <message>
        <source>There are no pictures in this folder.</source>
        <translation>此文件夹中没有图片。</translation>
    </message>
    <message>
        <source>Choose another folder…</source>
        <translation>选择其他文件夹…</translation>
    </message>
    <message>
        <source>No picture passes the filter and the search.</source>
        <translation>没有符合筛选和搜索条件的图片。</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>显示全部</translation>
    </message>
</context>
<context>
    <name>GridFoot</name>
    <message numerus="yes">
        <source>%n selected</source>
        <translation>
            <numerusform>已选 %n 张</numerusform>
        </translation>
    </message>
    <message>
        <source>1–9 assign</source>
        <translation>1–9 指定类别</translation>
    </message>
    <message>
        <source>Enter confirm</source>
        <translation>回车 确认</translation>
    </message>
    <message>
        <source>U unknown</source>
        <translation>U 未知</translation>
    </message>
    <message>
        <source>X exclude</source>
        <translation>X 排除</translation>
    </message>
    <message>
        <source>Space open</source>
        <translation>空格 打开</translation>
    </message>
    <message>
        <source>Move to class…</source>
        <translation>移到类别…</translation>
    </message>
    <message>
        <source>Confirm</source>
        <translation>确认</translation>
    </message>
    <message>
        <source>Unknown: none of these</source>
        <translation>未知：都不是</translation>
    </message>
    <message>
        <source>Exclude</source>
        <translation>排除</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>空格</translation>
    </message>
</context>
<context>
    <name>GridView</name>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Drop to classify these pictures</source>
        <translation>松开以分类这些图片</translation>
    </message>
</context>
<context>
    <name>ImportDialog</name>
    <message>
        <source>Pictures from a folder</source>
        <translation>来自文件夹的图片</translation>
    </message>
    <message>
        <source>Make a class of each folder</source>
        <translation>每个文件夹建一个类别</translation>
    </message>
    <message>
        <source>Make one class named</source>
        <translation>建一个类别，名为</translation>
    </message>
    <message>
        <source>Classify the pictures of this folder instead</source>
        <translation>改为分类此文件夹中的图片</translation>
    </message>
    <message>
        <source>Name of the one class</source>
        <translation>该类别的名称</translation>
    </message>
    <message>
        <source>At most</source>
        <translation>最多</translation>
    </message>
    <message>
        <source>Folders that become classes</source>
        <translation>将成为类别的文件夹</translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s)</source>
        <translation>
            <numerusform>%n 张图片</numerusform>
        </translation>
    </message>
    <message>
        <source>Tick all</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>Tick none</source>
        <translation>全不选</translation>
    </message>
    <message>
        <source>Examples per class at most</source>
        <translation>每类最多示例数</translation>
    </message>
    <message>
        <source>examples per class, drawn evenly from the folder</source>
        <translation>张示例/类，从文件夹中均匀抽取</translation>
    </message>
    <message numerus="yes">
        <source>%n folder(s) ticked</source>
        <translation>
            <numerusform>已勾选 %n 个文件夹</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Make %n class(es)</source>
        <translation>
            <numerusform>新建 %n 个类别</numerusform>
        </translation>
    </message>
    <message>
        <source>Make one class</source>
        <translation>新建一个类别</translation>
    </message>
    <message>
        <source>Classify this folder</source>
        <translation>分类此文件夹</translation>
    </message>
</context>
<context>
    <name>Importer</name>
    <message>
        <source>There is no picture in this folder: drop one that has some.</source>
        <translation>此文件夹中没有图片：请拖入有图片的文件夹。</translation>
    </message>
    <message>
        <source>The picture could not be stored in {folder} ({why}): free some space, then drop it again.</source>
        <translation>图片无法保存到 {folder}（{why}）：请腾出一些空间，然后再次放入。</translation>
    </message>
</context>
<context>
    <name>KeysDialog</name>
    <message>
        <source>Keyboard</source>
        <translation>键盘</translation>
    </message>
    <message>
        <source>What</source>
        <translation>功能</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>按键</translation>
    </message>
</context>
<context>
    <name>LegendButton</name>
    <message numerus="yes">
        <source>%Ln point(s) on the map</source>
        <translation>
            <numerusform>分布图上 %Ln 个点</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Live</name>
    <message>
        <source>This folder has more than {count} pictures. Classifying them takes a while; it can be stopped at any time.</source>
        <translation>此文件夹的图片超过 {count} 张。分类需要一些时间，可随时停止。</translation>
    </message>
    <message>
        <source>Classify them all</source>
        <translation>全部分类</translation>
    </message>
</context>
<context>
    <name>MapLegend</name>
    <message>
        <source>Classes on the map</source>
        <translation>分布图上的类别</translation>
    </message>
</context>
<context>
    <name>MapView</name>
    <message>
        <source>Map</source>
        <translation>分布图</translation>
    </message>
    <message>
        <source>Lasso</source>
        <translation>套索</translation>
    </message>
    <message>
        <source>Select by drawing around points (L, or Shift and drag)</source>
        <translation>圈选各点（L，或按住 Shift 拖动）</translation>
    </message>
    <message>
        <source>Show all points</source>
        <translation>显示所有点</translation>
    </message>
    <message>
        <source>Show all points (0)</source>
        <translation>显示所有点（0）</translation>
    </message>
    <message>
        <source>Every picture becomes a point here. Pictures that look alike to the model lie close together.</source>
        <translation>每张图片在这里成为一个点。模型认为相似的图片彼此靠近。</translation>
    </message>
    <message>
        <source>Map of the pictures</source>
        <translation>图片分布图</translation>
    </message>
    <message>
        <source>Not classified yet</source>
        <translation>尚未分类</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>adapted backbone&apos;s space</source>
        <translation>适应后骨干网络的空间</translation>
    </message>
    <message>
        <source>frozen backbone&apos;s space</source>
        <translation>冻结骨干网络的空间</translation>
    </message>
    <message numerus="yes">
        <source>%Ln point(s)</source>
        <translation>
            <numerusform>%Ln 个点</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MethodMenu</name>
    <message>
        <source>Auto: the model&apos;s own head</source>
        <translation>自动：模型自带的分类头</translation>
    </message>
    <message>
        <source>Instant head</source>
        <translation>即时分类头</translation>
    </message>
    <message>
        <source>Adapt deeper: {method}</source>
        <translation>深度适应：{method}</translation>
    </message>
    <message>
        <source>Research</source>
        <translation>研究</translation>
    </message>
    <message>
        <source>Backbone</source>
        <translation>骨干网络</translation>
    </message>
    <message>
        <source>More backbones...</source>
        <translation>更多骨干网络...</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>质量</translation>
    </message>
</context>
<context>
    <name>Methods</name>
    <message>
        <source>Prototypes</source>
        <translation>原型</translation>
    </message>
    <message>
        <source>Ridge regression</source>
        <translation>岭回归</translation>
    </message>
    <message>
        <source>Logistic regression</source>
        <translation>逻辑回归</translation>
    </message>
    <message>
        <source>Fine-tuning</source>
        <translation>微调</translation>
    </message>
    <message>
        <source>Task-specific adapters</source>
        <translation>任务专用适配器</translation>
    </message>
    <message>
        <source>MAML</source>
        <translation>MAML</translation>
    </message>
    <message>
        <source>First-order MAML</source>
        <translation>一阶 MAML</translation>
    </message>
    <message>
        <source>ANIL</source>
        <translation>ANIL</translation>
    </message>
    <message>
        <source>Meta-SGD</source>
        <translation>Meta-SGD</translation>
    </message>
    <message>
        <source>Reptile</source>
        <translation>Reptile</translation>
    </message>
    <message>
        <source>Linear discriminant analysis</source>
        <translation>线性判别分析</translation>
    </message>
    <message>
        <source>Mahalanobis distance</source>
        <translation>马氏距离</translation>
    </message>
    <message>
        <source>Cosine classifier</source>
        <translation>余弦分类器</translation>
    </message>
    <message>
        <source>Soft k-means</source>
        <translation>软 k 均值</translation>
    </message>
    <message>
        <source>The class whose examples lie nearest on average</source>
        <translation>示例平均距离最近的类别</translation>
    </message>
    <message>
        <source>Weights that fit the examples, computed in one step</source>
        <translation>一步算出拟合示例的权重</translation>
    </message>
    <message>
        <source>Weights that fit the examples, found step by step</source>
        <translation>逐步求得拟合示例的权重</translation>
    </message>
    <message>
        <source>Trains the backbone&apos;s upper blocks on the examples; dropped if that does harm</source>
        <translation>用示例训练骨干网络的上层；若有害则不采用</translation>
    </message>
    <message>
        <source>A few steps from a start that was trained to be adapted; kept only if that helps</source>
        <translation>从为适应而训练的起点走几步；仅在有帮助时保留</translation>
    </message>
    <message>
        <source>Small changes beside the backbone&apos;s upper convolutions, fitted to the examples; kept only if that helps</source>
        <translation>在主干网络上层卷积旁做小的改动，按示例拟合；只有确有帮助才保留</translation>
    </message>
    <message>
        <source>As MAML, from a start that was trained without second derivatives</source>
        <translation>同 MAML，但起点的训练不用二阶导数</translation>
    </message>
    <message>
        <source>As MAML, but only the classifier takes the steps</source>
        <translation>同 MAML，但只有分类器做梯度步</translation>
    </message>
    <message>
        <source>As MAML, with a trained step size for each number of the backbone</source>
        <translation>同 MAML，但主干网络的每个数都有训练出的步长</translation>
    </message>
    <message>
        <source>Steps from a start that lies near where many tasks end</source>
        <translation>从靠近许多任务终点的起点出发走几步</translation>
    </message>
    <message>
        <source>The likeliest class if all classes spread alike</source>
        <translation>假设各类别分布形状相同时最可能的类别</translation>
    </message>
    <message>
        <source>The class whose own spread fits the picture best</source>
        <translation>自身分布与图片最相符的类别</translation>
    </message>
    <message>
        <source>A direction per class, found step by step</source>
        <translation>逐步求出每个类别的方向</translation>
    </message>
    <message>
        <source>Prototypes that move to the folder&apos;s pictures; answers depend on the whole folder</source>
        <translation>原型会向文件夹中的图片移动；答案取决于整个文件夹</translation>
    </message>
</context>
<context>
    <name>NoneRow</name>
    <message>
        <source>None of these</source>
        <translation>都不是</translation>
    </message>
    <message>
        <source>Pictures unlike all classes are told as unknown</source>
        <translation>与所有类别都不像的图片判为未知</translation>
    </message>
    <message>
        <source>How strict</source>
        <translation>严格程度</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>How readily a picture is told as unknown: {now}</source>
        <translation>图片被判为未知的难易：{now}</translation>
    </message>
    <message>
        <source>Of the pictures that do belong to a class</source>
        <translation>在确实属于某类别的图片中</translation>
    </message>
    <message>
        <source>Automatic: at most 5 % are lost, from 3 classes with 2 pictures each on</source>
        <translation>自动：最多损失 5 %，从 3 个类别、每类 2 张图片起</translation>
    </message>
    <message>
        <source>at most {share} are lost</source>
        <translation>最多损失 {share}</translation>
    </message>
    <message numerus="yes">
        <source>%n unknown</source>
        <translation>
            <numerusform>%n 张未知</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Notice</name>
    <message>
        <source>Dismiss</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>OwnModels</name>
    <message>
        <source>Downloading {file}: {done} MB, {speed} MB a second</source>
        <translation>正在下载 {file}：{done} MB，每秒 {speed} MB</translation>
    </message>
    <message>
        <source>Downloading {file}: {done} of {total} MB, {speed} MB a second</source>
        <translation>正在下载 {file}：{done}/{total} MB，每秒 {speed} MB</translation>
    </message>
</context>
<context>
    <name>Panes</name>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Map and accuracy</source>
        <translation>分布图与准确率</translation>
    </message>
</context>
<context>
    <name>PictureCanvas</name>
    <message>
        <source>This picture {0}.</source>
        <translation>此图片 {0}。</translation>
    </message>
    <message>
        <source>Opening…</source>
        <translation>正在打开…</translation>
    </message>
</context>
<context>
    <name>PictureCell</name>
    <message>
        <source>Unreadable</source>
        <translation>无法读取</translation>
    </message>
    <message>
        <source>Excluded</source>
        <translation>已排除</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>No class</source>
        <translation>无类别</translation>
    </message>
    <message>
        <source>{0} %</source>
        <translation>{0} %</translation>
    </message>
    <message>
        <source>example</source>
        <translation>示例</translation>
    </message>
    <message>
        <source>confirmed by you</source>
        <translation>由您确认</translation>
    </message>
    <message>
        <source>corrected by you</source>
        <translation>由您更正</translation>
    </message>
    <message>
        <source>to review</source>
        <translation>待查</translation>
    </message>
    <message>
        <source>review</source>
        <translation>待查</translation>
    </message>
</context>
<context>
    <name>PicturesJoint</name>
    <message numerus="yes">
        <source>%Ln more left out: one folder, or one table, at a time ({names}).</source>
        <translation>
            <numerusform>另有 %Ln 项未采用：一次一个文件夹或一个表格（{names}）。</numerusform>
        </translation>
    </message>
    <message>
        <source>Classify {folder}</source>
        <translation>分类 {folder}</translation>
    </message>
    <message>
        <source>Make a class of them</source>
        <translation>用它们新建类别</translation>
    </message>
    <message>
        <source>What is classified is a folder with all its pictures: drop one here.</source>
        <translation>分类的对象是文件夹及其中所有图片：请把文件夹拖到这里。</translation>
    </message>
</context>
<context>
    <name>ProbabilityBars</name>
    <message>
        <source>Probability of each class</source>
        <translation>各类别的概率</translation>
    </message>
</context>
<context>
    <name>Qualities</name>
    <message>
        <source>Fast</source>
        <translation>快速</translation>
    </message>
    <message>
        <source>Balanced</source>
        <translation>均衡</translation>
    </message>
    <message>
        <source>Careful</source>
        <translation>细致</translation>
    </message>
    <message>
        <source>Speed here, decoding excluded: {rates} pictures a second ({device})</source>
        <translation>本机速度（不含解码）：每秒 {rates} 张图片（{device}）</translation>
    </message>
    <message>
        <source>{quality}: {gain} against Balanced, measured on {what}</source>
        <translation>{quality}：与“均衡”相比 {gain}，测量依据：{what}</translation>
    </message>
    <message>
        <source>{rate} pictures a second</source>
        <translation>每秒 {rate} 张图片</translation>
    </message>
    <message>
        <source>This model has no such quality.</source>
        <translation>这个模型没有这种质量。</translation>
    </message>
    <message>
        <source>{gain} against Balanced, measured on {what}</source>
        <translation>与“均衡”相比 {gain}，测量依据：{what}</translation>
    </message>
    <message>
        <source>{times} times as fast as Balanced where that was measured</source>
        <translation>在测量时速度为“均衡”的 {times} 倍</translation>
    </message>
    <message>
        <source>Its speed here was not measured yet.</source>
        <translation>它在本机的速度尚未测量。</translation>
    </message>
    <message>
        <source>{rate} pictures a second here, decoding excluded ({device})</source>
        <translation>本机每秒 {rate} 张图片，不含解码（{device}）</translation>
    </message>
    <message>
        <source>The model as it is: {side} x {side} pixels</source>
        <translation>模型本身：{side} x {side} 像素</translation>
    </message>
    <message>
        <source>{gain} points ({low} to {high})</source>
        <translation>{gain} 个百分点（{low} 至 {high}）</translation>
    </message>
</context>
<context>
    <name>Sentences</name>
    <message>
        <source>There is only one class, so there is nothing to confuse it with: add a second class.</source>
        <translation>只有一个类别，没有可混淆的对象：请添加第二个类别。</translation>
    </message>
    <message>
        <source>No accuracy can be estimated: no class has two independent examples, of which one could be asked; add a second example, of another scene, to a class.</source>
        <translation>无法估计准确率：没有一个类别有两张互相独立的示例可供检验；请为某个类别添加第二张不同场景的示例。</translation>
    </message>
    <message>
        <source>On held-out examples the frozen backbone had {frozen} of {n} right, the adapted one {adapted} of {n}: the adapted backbone is used.</source>
        <translation>在留出的示例上，冻结的骨干网络 {n} 张中答对 {frozen} 张，适应后的 {n} 张中答对 {adapted} 张：采用适应后的骨干网络。</translation>
    </message>
    <message>
        <source>On held-out examples the frozen backbone had {frozen} of {n} right, the adapted one {adapted} of {n}: that is no clear loss, and the adapted backbone is used.</source>
        <translation>在留出的示例上，冻结的骨干网络 {n} 张中答对 {frozen} 张，适应后的 {n} 张中答对 {adapted} 张：没有明显变差，因此采用适应后的骨干网络。</translation>
    </message>
    <message>
        <source>On held-out examples the frozen backbone had {frozen} of {n} right, the adapted one {adapted} of {n}: the backbone stays frozen.</source>
        <translation>在留出的示例上，冻结的骨干网络 {n} 张中答对 {frozen} 张，适应后的 {n} 张中答对 {adapted} 张：骨干网络保持冻结。</translation>
    </message>
    <message>
        <source>A class has only one independent example, so nothing can check an adapted backbone: it stays frozen.</source>
        <translation>有的类别只有一张独立的示例，无法检验适应后的骨干网络：它保持冻结。</translation>
    </message>
    <message>
        <source>The examples changed meanwhile: adapt deeper again.</source>
        <translation>示例在此期间有变化：请重新深度适应。</translation>
    </message>
    <message>
        <source>Answers changed by a closer look at the examples: {changed}.</source>
        <translation>更仔细地查看示例后改变的答案数：{changed}。</translation>
    </message>
    <message>
        <source>There are no examples to adapt to: add some to at least two classes.</source>
        <translation>没有可用于适应的示例：请至少为两个类别添加示例。</translation>
    </message>
    <message>
        <source>{method} needs the folder&apos;s pictures: until they have been read, {other} answers.</source>
        <translation>{method} 需要文件夹中的图片：读完之前由 {other} 作答。</translation>
    </message>
    <message>
        <source>There is no classifier yet: add examples to at least one class.</source>
        <translation>还没有分类器：请至少为一个类别添加示例。</translation>
    </message>
    <message>
        <source>The model {name} failed ({why}), so nothing was changed: try again, or choose another model or device.</source>
        <translation>模型 {name} 出错（{why}），因此没有任何更改：请重试，或选择其他模型或设备。</translation>
    </message>
    <message>
        <source>No model is loaded yet: wait for it, or choose another one.</source>
        <translation>模型尚未载入：请稍候，或选择其他模型。</translation>
    </message>
    <message>
        <source>{method} of {model} takes at most {most} classes, not {n}; choose another method.</source>
        <translation>{model} 的 {method} 最多支持 {most} 个类别，而不是 {n} 个；请选择其他方法。</translation>
    </message>
    <message>
        <source>The support&apos;s embeddings are not finite: the model&apos;s weights are damaged; use another.</source>
        <translation>示例的嵌入不是有限数：模型权重已损坏；请使用其他模型。</translation>
    </message>
    <message>
        <source>this computer has no such GPU (or torch was installed without support for it)</source>
        <translation>这台电脑没有这样的 GPU（或安装的 torch 不支持它）</translation>
    </message>
    <message>
        <source>The device {name} was asked for, but {why}; use --device cpu or auto.</source>
        <translation>要求使用设备 {name}，但{why}；请使用 --device cpu 或 auto。</translation>
    </message>
    <message>
        <source>The GPU is not used, because {why}.</source>
        <translation>未使用 GPU，因为{why}。</translation>
    </message>
    <message>
        <source>Memory is short on {device}: going on with {n} pictures at a time.</source>
        <translation>{device} 内存不足：改为每次处理 {n} 张图片。</translation>
    </message>
    <message>
        <source>Not one picture fits into the memory of {device}: going on on the CPU.</source>
        <translation>{device} 的内存连一张图片也放不下：改用 CPU 继续。</translation>
    </message>
    <message>
        <source>The memory is used up: close other programs, or use a smaller model.</source>
        <translation>内存已用尽：请关闭其他程序，或使用更小的模型。</translation>
    </message>
    <message>
        <source>The embedding cache was damaged: it was put aside as {path}, and a new one is begun.</source>
        <translation>嵌入缓存已损坏：已另存为 {path}，并新建一个。</translation>
    </message>
    <message>
        <source>The embedding cache in {path} cannot be used ({why}): going on without; free some space, or set FEWSHOT_GUI_CACHE to another folder.</source>
        <translation>无法使用 {path} 中的嵌入缓存（{why}）：不用缓存继续；请释放一些空间，或将 FEWSHOT_GUI_CACHE 设为其他文件夹。</translation>
    </message>
    <message>
        <source>The same picture is in two classes, {first} and {second}: {path} ({n} such pictures); remove one.</source>
        <translation>同一张图片在 {first} 和 {second} 两个类别中：{path}（这样的图片共 {n} 张）；请移除其一。</translation>
    </message>
    <message>
        <source>No picture can be told as unknown: every class has only one picture, not counting copies of it, so there is nothing to set the cut on; give a class a second one.</source>
        <translation>无法将图片判为未知：不计副本，每个类别只有一张图片，没有依据设定界限；请为某个类别添加第二张。</translation>
    </message>
    <message>
        <source>Example pictures that could not be read are left out: {names}.</source>
        <translation>无法读取的示例图片已略过：{names}。</translation>
    </message>
    <message>
        <source>There is only one class, {name}: every picture will be given it; add a second class.</source>
        <translation>只有一个类别 {name}：所有图片都会归入它；请添加第二个类别。</translation>
    </message>
    <message>
        <source>The same picture is in two classes, {first} and {second}: {path}; remove one.</source>
        <translation>同一张图片在 {first} 和 {second} 两个类别中：{path}；请移除其一。</translation>
    </message>
    <message>
        <source>The classes have uneven numbers of pictures: {most} has {many}, {least} {few}; more of {least} would help.</source>
        <translation>各类别的图片数量不均：{most} 有 {many} 张，{least} 有 {few} 张；为 {least} 添加图片会有帮助。</translation>
    </message>
    <message>
        <source>No example of the class {name} can be read: it is left out until it has one.</source>
        <translation>类别 {name} 没有可读取的示例：在有示例之前不参与分类。</translation>
    </message>
    <message>
        <source>Skipped {n} hidden file or folder and {m} file without a picture&apos;s ending (such as {name}).</source>
        <translation>已略过 {n} 个隐藏的文件或文件夹和 {m} 个不是图片的文件（例如 {name}）。</translation>
    </message>
    <message>
        <source>Skipped {n} hidden file or folder and {m} files without a picture&apos;s ending (such as {name}).</source>
        <translation>已略过 {n} 个隐藏的文件或文件夹和 {m} 个不是图片的文件（例如 {name}）。</translation>
    </message>
    <message>
        <source>Skipped {n} hidden files or folders and {m} file without a picture&apos;s ending (such as {name}).</source>
        <translation>已略过 {n} 个隐藏的文件或文件夹和 {m} 个不是图片的文件（例如 {name}）。</translation>
    </message>
    <message>
        <source>Skipped {n} hidden files or folders and {m} files without a picture&apos;s ending (such as {name}).</source>
        <translation>已略过 {n} 个隐藏的文件或文件夹和 {m} 个不是图片的文件（例如 {name}）。</translation>
    </message>
    <message>
        <source>There is no picture in {folder}.</source>
        <translation>{folder} 中没有图片。</translation>
    </message>
    <message>
        <source>The folder {folder} does not exist (moved or deleted?): choose another one.</source>
        <translation>文件夹 {folder} 不存在（已移动或删除？）：请选择其他文件夹。</translation>
    </message>
    <message>
        <source>The folder {folder} does not exist: choose one with pictures.</source>
        <translation>文件夹 {folder} 不存在：请选择有图片的文件夹。</translation>
    </message>
    <message>
        <source>The folder {folder} has vanished during the run: what was read stays; connect it again and classify it anew, or choose another one.</source>
        <translation>文件夹 {folder} 在运行中消失了：已读取的保留；请重新连接并再次分类，或选择其他文件夹。</translation>
    </message>
    <message>
        <source>The folder {folder} cannot be opened ({why}); check its permissions.</source>
        <translation>无法打开文件夹 {folder}（{why}）；请检查其权限。</translation>
    </message>
    <message>
        <source>The folder {folder} could not be opened; its pictures are missing here.</source>
        <translation>无法打开文件夹 {folder}；这里缺少其中的图片。</translation>
    </message>
    <message>
        <source>No folder was chosen to classify: drop one on the pictures&apos; place.</source>
        <translation>尚未选择要分类的文件夹：请把文件夹拖到图片区域。</translation>
    </message>
    <message>
        <source>Skipped {n} hidden file or folder.</source>
        <translation>已略过 {n} 个隐藏的文件或文件夹。</translation>
    </message>
    <message>
        <source>Skipped {n} hidden files or folders.</source>
        <translation>已略过 {n} 个隐藏的文件或文件夹。</translation>
    </message>
    <message>
        <source>Skipped {n} file without a picture&apos;s ending (such as {name}).</source>
        <translation>已略过 {n} 个不是图片的文件（例如 {name}）。</translation>
    </message>
    <message>
        <source>Skipped {n} files without a picture&apos;s ending (such as {name}).</source>
        <translation>已略过 {n} 个不是图片的文件（例如 {name}）。</translation>
    </message>
    <message>
        <source>{path} could not be written ({why}): free some space or choose another folder.</source>
        <translation>无法写入 {path}（{why}）：请释放一些空间或选择其他文件夹。</translation>
    </message>
    <message>
        <source>{path} could not be written ({why}): free some space or choose another place.</source>
        <translation>无法写入 {path}（{why}）：请释放一些空间或选择其他位置。</translation>
    </message>
    <message>
        <source>{path} exists and is no classifier&apos;s folder: give a new folder.</source>
        <translation>{path} 已存在且不是分类器文件夹：请指定新的文件夹。</translation>
    </message>
    <message>
        <source>The output {path} must end with one of {endings}.</source>
        <translation>输出文件 {path} 的扩展名必须是 {endings} 之一。</translation>
    </message>
    <message>
        <source>The output {path} is a folder: give the name of a file.</source>
        <translation>输出 {path} 是文件夹：请给出文件名。</translation>
    </message>
    <message>
        <source>The output {path} is write-protected: choose another place.</source>
        <translation>输出 {path} 有写保护：请选择其他位置。</translation>
    </message>
    <message>
        <source>The demo cannot be written to {path} ({why}): see that there is room, and that you may write there.</source>
        <translation>无法将演示图片写入 {path}（{why}）：请确认有足够空间，并且您有写入权限。</translation>
    </message>
    <message>
        <source>The project {path} could not be saved, because the disk is full: free some space and do it again; what was saved before is safe.</source>
        <translation>磁盘已满，无法保存项目 {path}：请释放一些空间后重做；先前保存的内容安全无恙。</translation>
    </message>
    <message>
        <source>The project {path} is empty: open a saved copy of it, or begin a new project; your pictures are untouched.</source>
        <translation>项目 {path} 是空的：请打开保存的副本，或新建项目；您的图片未被改动。</translation>
    </message>
    <message>
        <source>The project {path} is open in another window: go on there, or close it first.</source>
        <translation>项目 {path} 已在另一个窗口中打开：请在那里继续，或先关闭它。</translation>
    </message>
    <message>
        <source>The project {path} is no longer there: put it back, or save a copy of what is open elsewhere.</source>
        <translation>项目 {path} 已不在原处：请放回原处，或将打开的内容另存副本。</translation>
    </message>
    <message>
        <source>The project {path} does not exist (moved or deleted?): open it where it is now.</source>
        <translation>项目 {path} 不存在（已移动或删除？）：请从现在的位置打开。</translation>
    </message>
    <message>
        <source>The project {path} was made by a newer version of fewshot_gui: install that version to open it.</source>
        <translation>项目 {path} 由更新版本的 fewshot_gui 创建：请安装该版本后打开。</translation>
    </message>
    <message>
        <source>The project {path} was closed: open it again.</source>
        <translation>项目 {path} 已关闭：请重新打开。</translation>
    </message>
    <message>
        <source>The project {path} cannot be read ({why}): check its permissions.</source>
        <translation>无法读取项目 {path}（{why}）：请检查其权限。</translation>
    </message>
    <message>
        <source>The project {path} cannot be used ({why}): is its drive connected?</source>
        <translation>无法使用项目 {path}（{why}）：其所在磁盘是否已连接？</translation>
    </message>
    <message>
        <source>The project {path} cannot be used ({why}): see that its drive is connected and that you may write to its folder.</source>
        <translation>无法使用项目 {path}（{why}）：请确认其所在磁盘已连接，且您可以写入其文件夹。</translation>
    </message>
    <message>
        <source>The project {path} lies in a folder that may not be written to: copy it to a folder of your own and open the copy.</source>
        <translation>项目 {path} 所在的文件夹不可写：请复制到您自己的文件夹后打开副本。</translation>
    </message>
    <message>
        <source>The project {path} is damaged: open a saved copy of it, or begin a new project; your pictures are untouched.</source>
        <translation>项目 {path} 已损坏：请打开保存的副本，或新建项目；您的图片未被改动。</translation>
    </message>
    <message>
        <source>The project {path} may not be written to: copy it to a folder of your own and open the copy.</source>
        <translation>项目 {path} 不可写：请复制到您自己的文件夹后打开副本。</translation>
    </message>
    <message>
        <source>The project {path} cannot be opened: see that its drive is connected and that you may write to its folder.</source>
        <translation>无法打开项目 {path}：请确认其所在磁盘已连接，且您可以写入其文件夹。</translation>
    </message>
    <message>
        <source>The project {path} cannot be read or written: see that its drive is connected and not full, then try again.</source>
        <translation>无法读写项目 {path}：请确认其所在磁盘已连接且未满，然后重试。</translation>
    </message>
    <message>
        <source>The project {path} is held by another program: close it there, then try again.</source>
        <translation>项目 {path} 正被其他程序占用：请在那里关闭后重试。</translation>
    </message>
    <message>
        <source>{path} is no fewshot_gui project: choose a {ending} file that this program made.</source>
        <translation>{path} 不是 fewshot_gui 项目：请选择由本程序创建的 {ending} 文件。</translation>
    </message>
    <message>
        <source>{path} is a folder, not a project: open it as a folder, or choose a {ending} file.</source>
        <translation>{path} 是文件夹而不是项目：请作为文件夹打开，或选择 {ending} 文件。</translation>
    </message>
    <message>
        <source>{path} exists already: open it, or choose another name for the project.</source>
        <translation>{path} 已存在：请打开它，或为项目另选名称。</translation>
    </message>
    <message>
        <source>The folder {path} cannot be made ({why}): choose another place for the project.</source>
        <translation>无法创建文件夹 {path}（{why}）：请为项目选择其他位置。</translation>
    </message>
    <message>
        <source>The copy would be the project {path} itself: choose another name.</source>
        <translation>副本就是项目 {path} 本身：请另选名称。</translation>
    </message>
    <message>
        <source>is a HEIC photo: install what reads it with {command}</source>
        <translation>是 HEIC 照片：请用 {command} 安装读取组件</translation>
    </message>
    <message>
        <source>is a camera&apos;s RAW photo: install what reads it with {command}</source>
        <translation>是相机的 RAW 照片：请用 {command} 安装读取组件</translation>
    </message>
    <message>
        <source>does not exist (moved or deleted?)</source>
        <translation>不存在（已移动或删除？）</translation>
    </message>
    <message>
        <source>is empty</source>
        <translation>是空文件</translation>
    </message>
    <message>
        <source>is damaged: the file ends too early</source>
        <translation>已损坏：文件不完整</translation>
    </message>
    <message>
        <source>is damaged: its picture data cannot be decoded</source>
        <translation>已损坏：图像数据无法解码</translation>
    </message>
    <message>
        <source>is damaged, or a kind of {kind} picture this program cannot read</source>
        <translation>已损坏，或是本程序无法读取的 {kind} 图片</translation>
    </message>
    <message>
        <source>is not a picture this program knows</source>
        <translation>不是本程序认识的图片</translation>
    </message>
    <message>
        <source>has the name of a HEIC photo but is none, or is damaged</source>
        <translation>名为 HEIC 照片但并不是，或已损坏</translation>
    </message>
    <message>
        <source>is a RAW photo that cannot be developed: damaged, or of a camera that rawpy does not know</source>
        <translation>是无法冲洗的 RAW 照片：已损坏，或来自 rawpy 不认识的相机</translation>
    </message>
    <message>
        <source>is a camera&apos;s RAW photo under another name: give it the ending .dng</source>
        <translation>是改了名的相机 RAW 照片：请将扩展名改为 .dng</translation>
    </message>
    <message>
        <source>is a folder, not a picture</source>
        <translation>是文件夹，不是图片</translation>
    </message>
    <message>
        <source>is a device or pipe, not a picture</source>
        <translation>是设备或管道，不是图片</translation>
    </message>
    <message>
        <source>is larger than {n} GiB: save it smaller</source>
        <translation>大于 {n} GiB：请缩小后保存</translation>
    </message>
    <message>
        <source>is too large ({width} x {height} pixels): save it with less than {n} million pixels</source>
        <translation>过大（{width} x {height} 像素）：请以少于 {n} 百万像素保存</translation>
    </message>
    <message>
        <source>may not be read: you have no permission to open it</source>
        <translation>不可读取：您没有打开它的权限</translation>
    </message>
    <message>
        <source>cannot be read: {why}</source>
        <translation>无法读取：{why}</translation>
    </message>
    <message>
        <source>needs more memory than this computer has free</source>
        <translation>所需内存超过这台电脑的可用内存</translation>
    </message>
    <message>
        <source>has a crop that does not lie within it: crop it anew</source>
        <translation>的裁剪框超出图片范围：请重新裁剪</translation>
    </message>
    <message>
        <source>has a crop of only {width} x {height} pixels: draw a larger one</source>
        <translation>的裁剪框只有 {width} x {height} 像素：请画大一些</translation>
    </message>
    <message>
        <source>held-out check {check} of {checks}, step {step} of {steps}</source>
        <translation>留出检验 {check}/{checks}，第 {step}/{steps} 步</translation>
    </message>
    <message>
        <source>held-out check {check} of {checks}, reading the examples</source>
        <translation>留出检验 {check}/{checks}，正在读取示例</translation>
    </message>
    <message>
        <source>step {step} of {steps}</source>
        <translation>第 {step}/{steps} 步</translation>
    </message>
    <message>
        <source>reading the examples</source>
        <translation>正在读取示例</translation>
    </message>
    <message>
        <source>The table {path} is no CSV ({why}): save it as CSV with the columns path,class.</source>
        <translation>表格 {path} 不是 CSV（{why}）：请另存为含有 path,class 两列的 CSV。</translation>
    </message>
    <message>
        <source>{method} was not meta-trained for {model}: it begins from the start for maml.</source>
        <translation>{method} 没有为 {model} 做过元训练：从 maml 的起点开始。</translation>
    </message>
    <message>
        <source>{method} was not meta-trained for {model}: it begins from the plain weights.</source>
        <translation>{method} 没有为 {model} 做过元训练：从普通权重开始。</translation>
    </message>
    <message>
        <source>Gradient steps left fewer of the examples right, so they were taken at 1/{part} of their length.</source>
        <translation>梯度步之后答对的示例变少了，因此改用 1/{part} 的步长。</translation>
    </message>
    <message>
        <source>Gradient steps left fewer of the examples right, however short they were, so none was taken.</source>
        <translation>无论步长多短，梯度步之后答对的示例都变少了，因此一步也没有走。</translation>
    </message>
    <message>
        <source>The table {path} cannot be read ({why}): see that it is there.</source>
        <translation>无法读取表格 {path}（{why}）：请确认它存在。</translation>
    </message>
    <message>
        <source>The table {path} is not UTF-8 text: save it as CSV (UTF-8).</source>
        <translation>表格 {path} 不是 UTF-8 文本：请另存为 CSV（UTF-8）。</translation>
    </message>
    <message>
        <source>The table {path} is no text: save it as CSV (UTF-8).</source>
        <translation>表格 {path} 不是文本：请另存为 CSV（UTF-8）。</translation>
    </message>
    <message>
        <source>The table {path} is empty: its first line must name a column for the picture and one for its class, such as path,class.</source>
        <translation>表格 {path} 是空的：第一行必须写明图片列和类别列，例如 path,class。</translation>
    </message>
    <message>
        <source>The table {path} begins with {line}: its first line must name a column for the picture and one for its class, such as path,class.</source>
        <translation>表格 {path} 以 {line} 开头：第一行必须写明图片列和类别列，例如 path,class。</translation>
    </message>
    <message>
        <source>Line {n} of the table {path} has {count} columns, its first line more: mend it.</source>
        <translation>表格 {path} 的第 {n} 行只有 {count} 列，少于第一行：请改正。</translation>
    </message>
    <message>
        <source>The table {path} gives no picture a class: fill in both columns.</source>
        <translation>表格 {path} 没有给任何图片写明类别：请填写两列。</translation>
    </message>
    <message>
        <source>The table {path} gives {picture} two classes, {first} and {second}: leave one.</source>
        <translation>表格 {path} 给 {picture} 写了两个类别：{first} 和 {second}，请只保留一个。</translation>
    </message>
    <message>
        <source>The table {path} gives {picture} two classes: leave one.</source>
        <translation>表格 {path} 给 {picture} 写了两个类别：请只保留一个。</translation>
    </message>
    <message>
        <source>The table {path} names no picture of {root}: it must have paths below that folder, or the pictures&apos; file names.</source>
        <translation>表格 {path} 没有写到 {root} 中的任何图片：表格中必须是该文件夹内的路径或图片的文件名。</translation>
    </message>
    <message>
        <source>{n} pictures found</source>
        <translation>已找到 {n} 张图片</translation>
    </message>
    <message>
        <source>The folder {path} may not be written to: choose another place for the project.</source>
        <translation>文件夹 {path} 不允许写入：请为项目选择其他位置。</translation>
    </message>
    <message>
        <source>{file} of {host} is not the file expected: its checksum begins with {found}, not with {expected}. It was deleted; try again, and if that does not help, something on the way changes files.</source>
        <translation>来自 {host} 的 {file} 不是预期的文件：其校验和以 {found} 开头，而不是 {expected}。文件已删除；请重试，若仍无效，则途中有东西改动了文件。</translation>
    </message>
    <message>
        <source>{host} has no {file} (404): it may have moved; update the program, or choose another.</source>
        <translation>{host} 上没有 {file}（404）：可能已移动；请更新程序或另选一个。</translation>
    </message>
    <message>
        <source>{host} answered {code} ({reason}) for {file}: try again later.</source>
        <translation>{host} 对 {file} 返回 {code}（{reason}）：请稍后重试。</translation>
    </message>
    <message>
        <source>The disk of {folder} is full: free some space, then do the same again.</source>
        <translation>{folder} 所在磁盘已满：请腾出空间后再试一次。</translation>
    </message>
    <message>
        <source>{folder} could not be written to ({reason}): choose another folder.</source>
        <translation>无法写入 {folder}（{reason}）：请选择其他文件夹。</translation>
    </message>
    <message>
        <source>The download of {file} from {host} broke off after {done} MB{why}: do the same again to go on from there.</source>
        <translation>从 {host} 下载 {file} 在 {done} MB 后中断{why}：再操作一次即可从那里继续。</translation>
    </message>
    <message>
        <source>{host} was not found: check the connection to the network, and the proxy in HTTPS_PROXY if there is one, then try again.</source>
        <translation>找不到 {host}：请检查网络连接以及 HTTPS_PROXY 中的代理（如有），然后重试。</translation>
    </message>
    <message>
        <source>{host} refused the connection: check the connection to the network, and the proxy in HTTPS_PROXY if there is one, then try again.</source>
        <translation>{host} 拒绝了连接：请检查网络连接以及 HTTPS_PROXY 中的代理（如有），然后重试。</translation>
    </message>
    <message>
        <source>{host} could not be reached ({reason}): check the connection to the network, and the proxy in HTTPS_PROXY if there is one, then try again.</source>
        <translation>无法连接 {host}（{reason}）：请检查网络连接以及 HTTPS_PROXY 中的代理（如有），然后重试。</translation>
    </message>
    <message>
        <source>The hub ({host}) could not be reached ({reason}): check the connection to the network, and the proxy in HTTPS_PROXY if there is one, then try again.</source>
        <translation>无法连接 Hub（{host}）（{reason}）：请检查网络连接以及 HTTPS_PROXY 中的代理（如有），然后重试。</translation>
    </message>
    <message>
        <source>The hub has no repository {name}, or does not show it to everyone.</source>
        <translation>Hub 上没有仓库 {name}，或未对所有人公开。</translation>
    </message>
    <message>
        <source>The hub answered {code} for {name}: try again later.</source>
        <translation>Hub 对 {name} 返回 {code}：请稍后重试。</translation>
    </message>
    <message>
        <source>{name} asks everyone to accept its licence first: do so on {hub}/{page}, set HF_TOKEN to a token of yours, then try again.</source>
        <translation>{name} 要求先接受其许可：请在 {hub}/{page} 接受，将 HF_TOKEN 设为您的令牌，然后重试。</translation>
    </message>
    <message>
        <source>{name} of the hub has no {files}: choose another repository.</source>
        <translation>Hub 上的 {name} 没有 {files}：请选择其他仓库。</translation>
    </message>
    <message>
        <source>{file} of the repository is damaged ({reason}): choose another repository.</source>
        <translation>仓库中的 {file} 已损坏（{reason}）：请选择其他仓库。</translation>
    </message>
    <message>
        <source>The hub is asked by huggingface_hub, which is not installed: pip install &quot;fewshot_gui[hub]&quot;.</source>
        <translation>访问 Hub 需要 huggingface_hub，但未安装：pip install &quot;fewshot_gui[hub]&quot;。</translation>
    </message>
    <message>
        <source>This backbone is made by timm, which is not installed: pip install &quot;fewshot_gui[hub]&quot;.</source>
        <translation>此骨干网络由 timm 构建，但未安装：pip install &quot;fewshot_gui[hub]&quot;。</translation>
    </message>
    <message>
        <source>There is a model {name} already, in {folder}: rename the file, or give another name with --name.</source>
        <translation>已有模型 {name}，位于 {folder}：请重命名文件，或用 --name 另取名称。</translation>
    </message>
    <message>
        <source>It is {what}. Its input is taken to be scaled as usual for that, at {size} pixels: if it was trained otherwise, add it again by `fewshot-gui models add` with --input and --size.</source>
        <translation>它是 {what}。其输入按通常方式缩放，{size} 像素：若训练时不是这样，请用 `fewshot-gui models add` 加上 --input 和 --size 重新添加。</translation>
    </message>
    <message>
        <source>{folder} could not be made ({reason}): free some space there.</source>
        <translation>无法创建 {folder}（{reason}）：请在那里腾出空间。</translation>
    </message>
    <message>
        <source>{name} has no quality {quality}. It has: {names}.</source>
        <translation>{name} 没有质量“{quality}”。可用的有：{names}。</translation>
    </message>
    <message>
        <source>The quality {quality} of {name} is the model {other}, which is not on this computer: copy it beside the other one, or choose another quality.</source>
        <translation>{name} 的质量“{quality}”就是模型 {other}，而这台计算机上没有它：请把它复制到前者旁边，或选择另一种质量。</translation>
    </message>
    <message>
        <source>The network of {name} does not take pictures of {side} x {also_side} pixels: correct that size in its config.json, or choose another quality.</source>
        <translation>{name} 的网络不接受 {side} x {also_side} 像素的图片：请在它的 config.json 中更正这个尺寸，或选择另一种质量。</translation>
    </message>
    <message>
        <source>The speed could not be kept in the cache folder: free some space, or set FEWSHOT_GUI_CACHE to another one.</source>
        <translation>速度无法保存到缓存文件夹：请腾出一些空间，或把 FEWSHOT_GUI_CACHE 设为另一个文件夹。</translation>
    </message>
    <message>
        <source>There is no file or folder {path}.</source>
        <translation>没有文件或文件夹 {path}。</translation>
    </message>
    <message>
        <source>{path} is no file of weights: they end in {endings}.</source>
        <translation>{path} 不是权重文件：其扩展名应为 {endings}。</translation>
    </message>
    <message>
        <source>{path} is no model folder: it has no {file}.</source>
        <translation>{path} 不是模型文件夹：其中没有 {file}。</translation>
    </message>
    <message>
        <source>{path} has no model.safetensors or pytorch_model.bin: copy the whole folder.</source>
        <translation>{path} 中没有 model.safetensors 或 pytorch_model.bin：请复制整个文件夹。</translation>
    </message>
    <message>
        <source>{path} could not be read ({reason}): copy the folder again.</source>
        <translation>无法读取 {path}（{reason}）：请重新复制该文件夹。</translation>
    </message>
    <message>
        <source>{path} fits no architecture that is known here: say which with --architecture, as in torchvision:resnet50 or timm:vit_small_patch16_224.</source>
        <translation>{path} 不符合这里已知的任何架构：请用 --architecture 说明，例如 torchvision:resnet50 或 timm:vit_small_patch16_224。</translation>
    </message>
    <message>
        <source>{path} would have to run code to be read, and is not: save the model&apos;s numbers alone, torch.save(model.state_dict(), ...), or convert them to safetensors.</source>
        <translation>读取 {path} 需要运行代码，因此未读取：请只保存模型的数值，torch.save(model.state_dict(), ...)，或转换为 safetensors。</translation>
    </message>
    <message>
        <source>{path} is no state dict of PyTorch&apos;s, or is cut short ({reason}): get it again.</source>
        <translation>{path} 不是 PyTorch 的 state dict，或不完整（{reason}）：请重新获取。</translation>
    </message>
    <message>
        <source>This backbone is an ONNX graph, and onnxruntime is not installed: pip install &quot;fewshot_gui[onnx]&quot;.</source>
        <translation>此骨干网络是 ONNX 图，但未安装 onnxruntime：pip install &quot;fewshot_gui[onnx]&quot;。</translation>
    </message>
    <message>
        <source>The ONNX graph could not be opened ({reason}): export it again, into one file.</source>
        <translation>无法打开 ONNX 图（{reason}）：请重新导出为单个文件。</translation>
    </message>
    <message>
        <source>{name} is a finished graph ({architecture}) whose numbers cannot be trained here, and {method} trains them: choose ridge, protonet or linear.</source>
        <translation>{name} 是固定的图（{architecture}），其数值无法在这里训练，而 {method} 需要训练：请选择 ridge、protonet 或 linear。</translation>
    </message>
    <message>
        <source>An ONNX file brings its architecture along: leave --architecture out.</source>
        <translation>ONNX 文件自带架构：请去掉 --architecture。</translation>
    </message>
</context>
<context>
    <name>StartPage</name>
    <message>
        <source>Start page</source>
        <translation>起始页</translation>
    </message>
    <message>
        <source>Show it a few pictures, and it sorts the rest</source>
        <translation>给它看几张图片，其余的它来分类</translation>
    </message>
    <message>
        <source>Drop a few example pictures per class, then the folder to be classified. It learns as you drop; nothing leaves this computer.</source>
        <translation>每个类别拖入几张示例图片，再拖入要分类的文件夹。边拖边学，一切都留在这台电脑上。</translation>
    </message>
    <message>
        <source>Recent projects</source>
        <translation>最近的项目</translation>
    </message>
    <message>
        <source>New project</source>
        <translation>新建项目</translation>
    </message>
    <message>
        <source>Try it with demo pictures</source>
        <translation>用演示图片试试</translation>
    </message>
    <message>
        <source>Open...</source>
        <translation>打开...</translation>
    </message>
    <message>
        <source>Open {project}</source>
        <translation>打开 {project}</translation>
    </message>
    <message>
        <source>not found</source>
        <translation>未找到</translation>
    </message>
</context>
<context>
    <name>Steps</name>
    <message>
        <source>Loading the model</source>
        <translation>正在加载模型</translation>
    </message>
    <message>
        <source>Reading the example pictures</source>
        <translation>正在读取示例图片</translation>
    </message>
    <message>
        <source>Reading the example pictures again</source>
        <translation>正在再次读取示例图片</translation>
    </message>
    <message>
        <source>Looking at the examples more closely</source>
        <translation>正在更仔细地查看示例</translation>
    </message>
    <message>
        <source>Adapting deeper</source>
        <translation>正在深度适应</translation>
    </message>
    <message>
        <source>Asking the adapted backbone</source>
        <translation>正在询问适应后的骨干网络</translation>
    </message>
    <message>
        <source>Classifying</source>
        <translation>正在分类</translation>
    </message>
    <message>
        <source>Looking for pictures</source>
        <translation>正在查找图片</translation>
    </message>
    <message>
        <source>Comparing with the last visit</source>
        <translation>正在与上次比较</translation>
    </message>
    <message>
        <source>Storing the answers</source>
        <translation>正在保存结果</translation>
    </message>
    <message>
        <source>Drawing the map</source>
        <translation>正在绘制分布图</translation>
    </message>
    <message>
        <source>Exporting</source>
        <translation>正在导出</translation>
    </message>
    <message>
        <source>Reading the table</source>
        <translation>正在读取表格</translation>
    </message>
    <message>
        <source>Drawing the demo pictures</source>
        <translation>正在绘制演示图片</translation>
    </message>
    <message>
        <source>Looking up the weights</source>
        <translation>正在查找权重</translation>
    </message>
    <message>
        <source>Making the model folder</source>
        <translation>正在创建模型文件夹</translation>
    </message>
    <message>
        <source>Reading the weights</source>
        <translation>正在读取权重</translation>
    </message>
    <message>
        <source>Looking for the architecture</source>
        <translation>正在识别架构</translation>
    </message>
    <message>
        <source>Measuring the speed</source>
        <translation>正在测量速度</translation>
    </message>
    <message>
        <source>Adapting deeper: {step}</source>
        <translation>深度适应：{step}</translation>
    </message>
</context>
<context>
    <name>SupportStrip</name>
    <message>
        <source>Most alike examples</source>
        <translation>最相似的示例</translation>
    </message>
</context>
<context>
    <name>TeachingPicture</name>
    <message>
        <source>A few examples per class on the left sort all pictures on the right</source>
        <translation>左边每类几张示例，即可分类右边的所有图片</translation>
    </message>
</context>
<context>
    <name>TopBar</name>
    <message>
        <source>Menu (F10)</source>
        <translation>菜单（F10）</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>菜单</translation>
    </message>
    <message>
        <source>Projects</source>
        <translation>项目</translation>
    </message>
    <message>
        <source>Name of the project</source>
        <translation>项目名称</translation>
    </message>
    <message>
        <source>How to adapt</source>
        <translation>适应方式</translation>
    </message>
    <message>
        <source>How to adapt: {method}</source>
        <translation>适应方式：{method}</translation>
    </message>
    <message>
        <source>Stop adapting</source>
        <translation>停止适应</translation>
    </message>
    <message>
        <source>Adapt deeper</source>
        <translation>深度适应</translation>
    </message>
    <message>
        <source>Stop: the answers stay as they are</source>
        <translation>停止：结果保持不变</translation>
    </message>
    <message>
        <source>Let the backbone itself learn from the examples: slower, often better (Ctrl+R)</source>
        <translation>让骨干网络本身从示例中学习：较慢，往往更好（Ctrl+R）</translation>
    </message>
    <message>
        <source>What computes: {device}</source>
        <translation>计算设备：{device}</translation>
    </message>
    <message>
        <source>Light theme</source>
        <translation>浅色主题</translation>
    </message>
    <message>
        <source>Dark theme</source>
        <translation>深色主题</translation>
    </message>
    <message>
        <source>Auto</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Adapt deeper: {method}</source>
        <translation>深度适应：{method}</translation>
    </message>
    <message>
        <source>Instant: {method}</source>
        <translation>即时：{method}</translation>
    </message>
    <message>
        <source>Research: {method}</source>
        <translation>研究：{method}</translation>
    </message>
    <message>
        <source>adapted</source>
        <translation>已适应</translation>
    </message>
    <message>
        <source>The adapted backbone answers.</source>
        <translation>当前由适应后的骨干网络作答。</translation>
    </message>
</context>
<context>
    <name>TruthWords</name>
    <message numerus="yes">
        <source>The true classes of %Ln picture(s) are taken from {table}.</source>
        <translation>
            <numerusform>%Ln 张图片的真实类别取自 {table}。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s) name no picture of this folder, such as {name}.</source>
        <translation>
            <numerusform>%Ln 行所指的图片不在此文件夹中，例如 {name}。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln file name(s) are those of several pictures, such as {name}: write the path below the folder.</source>
        <translation>
            <numerusform>%Ln 个文件名对应多张图片，例如 {name}：请写出文件夹下的路径。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln class(es) are none of this project&apos;s, such as {name}: their pictures are not counted.</source>
        <translation>
            <numerusform>%Ln 个类别不属于本项目，例如 {name}：其图片不计入。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Undo</name>
    <message>
        <source>Add class</source>
        <translation>添加类别</translation>
    </message>
    <message>
        <source>Rename project</source>
        <translation>重命名项目</translation>
    </message>
    <message>
        <source>Choose folder</source>
        <translation>选择文件夹</translation>
    </message>
    <message>
        <source>Change settings</source>
        <translation>更改设置</translation>
    </message>
    <message>
        <source>Add classes</source>
        <translation>添加类别</translation>
    </message>
    <message>
        <source>Rename class</source>
        <translation>重命名类别</translation>
    </message>
    <message>
        <source>Change class colour</source>
        <translation>更改类别颜色</translation>
    </message>
    <message>
        <source>Reorder classes</source>
        <translation>调整类别顺序</translation>
    </message>
    <message>
        <source>Merge classes</source>
        <translation>合并类别</translation>
    </message>
    <message>
        <source>Split class</source>
        <translation>拆分类别</translation>
    </message>
    <message>
        <source>Delete classes</source>
        <translation>删除类别</translation>
    </message>
    <message>
        <source>Add examples</source>
        <translation>添加示例</translation>
    </message>
    <message>
        <source>Move examples</source>
        <translation>移动示例</translation>
    </message>
    <message>
        <source>Remove examples</source>
        <translation>移除示例</translation>
    </message>
    <message>
        <source>Crop example</source>
        <translation>裁剪示例</translation>
    </message>
    <message>
        <source>Review pictures</source>
        <translation>审阅图片</translation>
    </message>
    <message>
        <source>Label pictures</source>
        <translation>标注图片</translation>
    </message>
    <message>
        <source>Take true classes</source>
        <translation>读取真实类别</translation>
    </message>
</context>
<context>
    <name>Viewer</name>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} / {1}</translation>
    </message>
    <message>
        <source>Previous picture (Left)</source>
        <translation>上一张（左）</translation>
    </message>
    <message>
        <source>Next picture (Right)</source>
        <translation>下一张（右）</translation>
    </message>
    <message>
        <source>Fit to the window (0)</source>
        <translation>适合窗口（0）</translation>
    </message>
    <message>
        <source>100 % (0)</source>
        <translation>100 %（0）</translation>
    </message>
    <message>
        <source>Move to class…</source>
        <translation>移到类别…</translation>
    </message>
    <message>
        <source>100 %</source>
        <translation>100 %</translation>
    </message>
    <message>
        <source>Confirm</source>
        <translation>确认</translation>
    </message>
    <message>
        <source>Confirm the label (Enter)</source>
        <translation>确认标签（回车）</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>It is none of these classes (U)</source>
        <translation>不属于这些类别（U）</translation>
    </message>
    <message>
        <source>Exclude</source>
        <translation>排除</translation>
    </message>
    <message>
        <source>Leave it out of everything (X)</source>
        <translation>完全排除（X）</translation>
    </message>
</context>
<context>
    <name>ViewerPanel</name>
    <message>
        <source>Most alike examples</source>
        <translation>最相似的示例</translation>
    </message>
    <message>
        <source>Probabilities</source>
        <translation>概率</translation>
    </message>
    <message>
        <source>Copy path</source>
        <translation>复制路径</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Taken</source>
        <translation>拍摄时间</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>相机</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>修改时间</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
</context>
<context>
    <name>Window</name>
    <message>
        <source>Which folder shall be classified?</source>
        <translation>要分类哪个文件夹？</translation>
    </message>
    <message>
        <source>Store the classifier as</source>
        <translation>将分类器存为</translation>
    </message>
    <message>
        <source>Save a copy</source>
        <translation>另存副本</translation>
    </message>
    <message>
        <source>Move project file</source>
        <translation>移动项目文件</translation>
    </message>
    <message>
        <source>About fewshot-gui</source>
        <translation>关于 fewshot-gui</translation>
    </message>
    <message>
        <source>A few pictures per class, and it sorts the rest. Everything is computed on this computer. One class per picture: no boxes, no masks.</source>
        <translation>每类几张图片，其余的它来分类。一切都在这台电脑上计算。每张图片一个类别：没有框，没有掩膜。</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
</context>
<context>
    <name>_NameEditor</name>
    <message>
        <source>Name of the class</source>
        <translation>类别名称</translation>
    </message>
</context>
<context>
    <name>_NameField</name>
    <message>
        <source>Name of the class</source>
        <translation>类别名称</translation>
    </message>
    <message>
        <source>Name of the new class</source>
        <translation>新类别的名称</translation>
    </message>
</context>
</TS>
