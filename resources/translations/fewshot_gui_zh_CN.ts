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
        <source>Export answers</source>
        <translation>导出结果</translation>
    </message>
    <message>
        <source>Projects</source>
        <translation>项目</translation>
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
        <source>None of these</source>
        <translation>都不是</translation>
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
        <source>None of these</source>
        <translation>都不是</translation>
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
        <source>This folder has {count} pictures. Classifying them takes a while; it can be stopped at any time.</source>
        <translation>此文件夹有 {count} 张图片。分类需要一些时间，可随时停止。</translation>
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
        <source>None of these</source>
        <translation>都不是</translation>
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
        <source>How many pictures that do belong to a class may be told as unknown</source>
        <translation>属于某类别的图片中允许被判为未知的比例</translation>
    </message>
    <message numerus="yes">
        <source>%n unknown</source>
        <translation>
            <numerusform>%n 张未知</numerusform>
        </translation>
    </message>
    <message>
        <source>Rate</source>
        <translation>比例</translation>
    </message>
    <message>
        <source>Rate of unknown pictures: {now}</source>
        <translation>未知图片比例：{now}</translation>
    </message>
    <message>
        <source>Automatic: 5 %, from 3 classes with 2 pictures each on</source>
        <translation>自动：5 %，从 3 个类别、每类 2 张图片起</translation>
    </message>
    <message>
        <source>At most {share} lost</source>
        <translation>最多损失 {share}</translation>
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
        <source>None of these</source>
        <translation>都不是</translation>
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
    <message>
        <source>Drop a folder here: its pictures are classified.</source>
        <translation>请把文件夹拖到这里：其中的图片会被分类。</translation>
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
        <source>Drawing the demo pictures</source>
        <translation>正在绘制演示图片</translation>
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
        <source>Auto: the model&apos;s own head</source>
        <translation>自动：模型自带的分类头</translation>
    </message>
    <message>
        <source>Instant head</source>
        <translation>即时分类头</translation>
    </message>
    <message>
        <source>Research</source>
        <translation>研究</translation>
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
