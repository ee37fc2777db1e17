using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using SmallBatch.Silo.Settings;
using SmallBatch.Silo.Telemetry;

namespace SmallBatch.Silo.Tests.Telemetry;

public sealed class TelemetrySettingsTests
{
    [Theory]
    [InlineData(null, 1)]
    [InlineData("", 1)]
    [InlineData("0", 0)]
    [InlineData("0.25", 0.25)]
    public void A_share_of_traces_is_a_number_from_nought_to_one_and_all_of_them_without(string? text, double share) => Assert.Equal(share, TracesExport.Share(text));

    [Theory]
    [InlineData("2")]
    [InlineData("-0.1")]
    [InlineData("NaN")]
    [InlineData("half")]
    public void What_is_none_is_said(string text) =>
        Assert.StartsWith($"OTEL_TRACES_SAMPLER_ARG: found {text}, wanted a number from 0 to 1", Assert.Throws<OptionsValidationException>(() => TracesExport.Share(text)).Failures.Single(), StringComparison.Ordinal);

    [Fact]
    public void A_form_that_no_log_has_is_said()
    {
        var settings = new LogSettings { Form = "JSON" };
        Assert.Equal("Log:Form: found JSON, wanted text or json.", settings.Validate(new ValidationContext(settings)).Single().ErrorMessage);
    }
}
