using System.Collections.Concurrent;
using TorchSharp;
using static TorchSharp.torch;

namespace SmallBatch.Training.Networks;

/// <summary>A compiled step program; programs of equal text are compiled once a process.</summary>
internal sealed class StepProgram
{
    private static readonly ConcurrentDictionary<string, StepProgram> Compiled = new(StringComparer.Ordinal);
    private readonly jit.CompilationUnit unit;

    private StepProgram(string text) => unit = jit.compile(text);

    /// <summary>The program of a script.</summary>
    public static StepProgram Of(StepScript script) => Compiled.GetOrAdd(script.Write(), text => new(text));

    /// <summary>One update of every replica.</summary>
    /// <param name="replicas">What is updated.</param>
    /// <param name="images">[b, h, w, K·channels].</param>
    /// <param name="labels">[K, b].</param>
    /// <param name="down">−η of each replica, [K, 1].</param>
    /// <param name="part">Images of one forward and backward pass.</param>
    /// <param name="momentum">Momentum of the running statistics for a part.</param>
    /// <param name="lastMomentum">The same for a last part that is not whole.</param>
    /// <param name="number">Number of this update, from 1.</param>
    public void Step(FusedReplicas replicas, Tensor images, Tensor labels, Tensor down, int part, double momentum, double lastMomentum, long number) =>
        Invoke("step", replicas.Weights, replicas.Statistics, replicas.Flat, replicas.State, replicas.Accumulators, images, labels, down, (long)part, momentum, lastMomentum, number);

    /// <summary>Adds a batch's mean gradient and its squared norm; the replicas stay as they are, but for statistics given as copies.</summary>
    /// <param name="replicas">Whose weights.</param>
    /// <param name="statistics">Running statistics that may be written.</param>
    /// <param name="images">[b, h, w, K·channels].</param>
    /// <param name="labels">[K, b].</param>
    /// <param name="sums">[K, n] of each trained parameter, 64-bit.</param>
    /// <param name="squares">[K], 64-bit.</param>
    public void AddGradient(FusedReplicas replicas, Tensor[] statistics, Tensor images, Tensor labels, Tensor[] sums, Tensor squares) =>
        Invoke("variance", replicas.Weights, statistics, images, labels, sums, squares);

    /// <summary>Evaluates images that every replica sees, with the running statistics.</summary>
    /// <param name="replicas">Who.</param>
    /// <param name="images">[b, h, w, channels].</param>
    /// <param name="labels">[b].</param>
    /// <param name="at">Place of the first image in <paramref name="hits"/>.</param>
    /// <param name="losses">[K], 64-bit: the images' losses are added.</param>
    /// <param name="hits">[K, images]: which were right is written.</param>
    public void Evaluate(FusedReplicas replicas, Tensor images, Tensor labels, long at, Tensor losses, Tensor hits) =>
        Invoke("evaluate", replicas.Weights, replicas.Statistics, images, labels, (long)replicas.Groups, at, losses, hits);

    /// <summary>
    /// Numbers are handed over as scalars that live until the call has returned: TorchSharp makes its own of a plain number and
    /// lets go of it before the call, so that a garbage collection in between frees what native code is about to read. (So do its
    /// tensors' own methods that take a number, and the operators: the trainer calls none of them.)
    /// </summary>
    private void Invoke(string function, params object[] arguments)
    {
        var scalars = new List<Scalar>();
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] is double or long)
            {
                scalars.Add(arguments[i] is double number ? number.ToScalar() : ((long)arguments[i]).ToScalar());
                arguments[i] = scalars[^1];
            }
        }

        ((Tensor)unit.invoke(function, arguments)).Dispose();
        scalars.ForEach(s => s.Dispose());
    }
}
