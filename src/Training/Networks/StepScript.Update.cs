using SmallBatch.Specs.Settings;

namespace SmallBatch.Training.Networks;

/// <summary>The step around the gradients: parts of a batch, what accumulates, the update.</summary>
internal sealed partial class StepScript
{
    private void WriteStep()
    {
        Begin("step(w: List[Tensor], s: List[Tensor], f: List[Tensor], o: List[Tensor], a: List[Tensor], x: Tensor, y: Tensor, down: Tensor, part: int, momentum: float, lastMomentum: float, number: int) -> Tensor");
        Line("K = y.size(0)");
        Line("b = y.size(1)");
        Line("scale = 1.0 / b");
        Line("n = min(part, b)");
        Line("g, loss, correct = gradients(w, s, x.narrow(0, 0, n), y.narrow(1, 0, n), K, momentum, scale)");
        Line("at = n");
        Line("while at < b:");
        Line("    n = min(part, b - at)");
        Line("    h, l, c = gradients(w, s, x.narrow(0, at, n), y.narrow(1, at, n), K, momentum if n == part else lastMomentum, scale)");
        Line("    loss.add_(l)");
        Line("    correct.add_(c)");
        Line("    for i in range(len(g)):");
        Line("        g[i].add_(h[i])");
        Line("    at += n");
        Line("norms = [torch.linalg_vector_norm(d, 2, [1]) for d in g]");
        Line("a[0].add_(loss)");
        Line("a[1].add_(correct)");
        Line("a[2].masked_fill_(torch.isfinite(loss).logical_not_().logical_and_(a[2] == 0), number)");
        Line("a[3].add_(torch.stack(norms).double().square_().sum(0).sqrt_())");
        Line("for i in range(len(g)):");
        Line("    d = g[i]");
        if (optimizer.Kind == OptimizerKind.AdamW)
        {
            WriteAdamW();
        }
        else
        {
            WriteSgd();
        }

        Line("return down");
    }

    /// <summary><c>down</c> is −η of each replica, [K, 1].</summary>
    private void WriteSgd()
    {
        if (weightDecay != 0)
        {
            Line($"    d.add_(f[i], alpha={Number(weightDecay)})");
        }

        if (optimizer.Momentum == 0)
        {
            Line("    f[i].addcmul_(d, down)");
            return;
        }

        Line($"    o[i].mul_({Number(optimizer.Momentum)}).add_(d)");
        Line(optimizer.Nesterov ? $"    f[i].addcmul_(d.add_(o[i], alpha={Number(optimizer.Momentum)}), down)" : $"    f[i].addcmul_(o[i], down)");
    }

    private void WriteAdamW()
    {
        if (weightDecay != 0)
        {
            Line($"    f[i].addcmul_(f[i], down, value={Number(weightDecay)})");
        }

        Line("    m = o[2 * i]");
        Line("    u = o[2 * i + 1]");
        Line($"    m.mul_({Number(optimizer.Beta1)}).add_(d, alpha={Number(1 - optimizer.Beta1)})");
        Line($"    u.mul_({Number(optimizer.Beta2)}).addcmul_(d, d, value={Number(1 - optimizer.Beta2)})");
        Line($"    root = u.div(1.0 - {Number(optimizer.Beta2)} ** number).sqrt_().add_({Number(optimizer.Epsilon)})");
        Line($"    f[i].addcmul_(m.div(1.0 - {Number(optimizer.Beta1)} ** number).div_(root), down)");
    }

    /// <summary>Adds a batch's mean gradient to <c>sums</c>, [K, n] each in 64 bits, and its squared norm to <c>squares</c>, [K].</summary>
    private void WriteVariance()
    {
        Begin("variance(w: List[Tensor], s: List[Tensor], x: Tensor, y: Tensor, sums: List[Tensor], squares: Tensor) -> Tensor");
        Line("K = y.size(0)");
        Line("g, loss, correct = gradients(w, s, x, y, K, 0.0, 1.0 / y.size(1))");
        Line("for i in range(len(g)):");
        Line("    d = g[i].double()");
        Line("    sums[i].add_(d)");
        Line("    squares.add_(d.square().sum(1))");
        Line("return squares");
    }
}
