using System.Reflection;

namespace SmallBatch.Tests;

/// <summary>An object of an interface: whatever is called, a function answers.</summary>
public class Proxy : DispatchProxy
{
    private Func<MethodInfo, object?[]?, object?> answer = (_, _) => null;

    public static T Of<T>(Func<MethodInfo, object?[]?, object?> answer)
        where T : class
    {
        var made = Create<T, Proxy>();
        ((Proxy)(object)made).answer = answer;
        return made;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => answer(targetMethod!, args);
}
