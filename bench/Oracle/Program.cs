using System.Globalization;
using SmallBatch.Bench.Oracle;
using SmallBatch.Specs.Settings;
using SmallBatch.Training.Natives;

// FOLDER NETWORK NORMALISATION SIDE STEPS SHARE (of the learning rate, for SGD): trains every setting and writes into the folder what bench/oracle.py compares with.
InstructionSet.Pin("best");
ProcessSetup.PrepareForTorch(0);
TorchLibrary.Load();
TorchSharp.torch.set_num_threads(1);
Normalisation normalisation = args[2] switch
{
    "none" => new(BatchNormalisation.None),
    "conv" => new(BatchNormalisation.Conv),
    "all" => new(BatchNormalisation.All),
    _ => new(BatchNormalisation.All, Groups: 8),
};
var (side, steps, share) = (int.Parse(args[3], CultureInfo.InvariantCulture), int.Parse(args[4], CultureInfo.InvariantCulture), double.Parse(args[5], CultureInfo.InvariantCulture));
new Training(args[1], normalisation, side, steps, share).Write(args[0]);
