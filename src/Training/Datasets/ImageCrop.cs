using SmallBatch.Training.Randomness;

namespace SmallBatch.Training.Datasets;

/// <summary>
/// The part of a stored image that a network sees. A part of the network's own height is taken pixel by pixel and may reach
/// over the edge, where there are zeros; a larger or smaller square is scaled.
/// </summary>
/// <param name="Top">First row, stored pixels; negative above the image.</param>
/// <param name="Left">First column, stored pixels; negative left of the image.</param>
/// <param name="Side">Height of the part, stored pixels.</param>
/// <param name="Mirror">Whether left and right change places.</param>
internal readonly record struct ImageCrop(int Top, int Left, int Side, bool Mirror)
{
    /// <summary>Zero padding of the crop, pixels (Lin 2013, He et al. 2015).</summary>
    public const int Padding = 4;

    /// <summary>Share of the stored side that the centre shows: 224 of 256 (Simonyan &amp; Zisserman 2014, He et al. 2015).</summary>
    private const double CentreShare = 224 / 256.0;

    /// <summary>
    /// A random part, of an image in an epoch (from 0): where images are stored in the network's size, pad 4, crop and flip;
    /// where they are larger, a square of a random side from the network's to the stored one, and flip.
    /// </summary>
    public static ImageCrop Random(ReplicaStream chance, int epoch, int image, ImageSet images)
    {
        if (images.StoredHeight == images.Height)
        {
            var (top, left, mirror) = chance.Crop(epoch, image, Padding);
            return new(top - Padding, left - Padding, images.Height, mirror);
        }

        return chance.ScaledCrop(epoch, image, images.Height, images.StoredHeight);
    }

    /// <summary>The whole image; where it is stored larger, its central square of 224/256 of its side, but never less than the network sees.</summary>
    public static ImageCrop Centre(ImageSet images)
    {
        var side = Math.Max(images.Height, (int)Math.Round(CentreShare * images.StoredHeight));
        return images.StoredHeight == images.Height
            ? new(0, 0, images.Height, false)
            : new((images.StoredHeight - side) / 2, (images.StoredWidth - side) / 2, side, false);
    }
}
