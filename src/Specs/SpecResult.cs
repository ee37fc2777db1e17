namespace SmallBatch.Specs;

/// <summary>A value, or every reason why there is none; never both.</summary>
public sealed class SpecResult<T>
    where T : class
{
    private SpecResult(T? value, IReadOnlyList<SpecError> errors)
    {
        Value = value;
        Errors = errors;
    }

    /// <summary>The value; null exactly when there are errors.</summary>
    public T? Value { get; }

    /// <summary>Every error of the input at once; empty exactly when there is a value.</summary>
    public IReadOnlyList<SpecError> Errors { get; }

    /// <summary>A value without errors.</summary>
    public static implicit operator SpecResult<T>(T value) => new(value, []);

    /// <summary>Errors without a value; at least one.</summary>
    public static implicit operator SpecResult<T>(List<SpecError> errors) =>
        errors.Count > 0 ? new(null, errors) : throw new ArgumentException("A failed result names at least one error.", nameof(errors));
}
